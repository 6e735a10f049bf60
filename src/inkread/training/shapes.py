"""Digits that we draw ourselves, by the shapes of `digit_shapes.py`."""

import numpy as np

from inkread.data.sources import Stroke
from inkread.training.digit_shapes import SHAPES

# How often each digit is drawn, before what is between 1 and 7 is drawn anew: those more whose
# shapes differ most from country to country.
OFTEN = (0.08, 0.18, 0.08, 0.08, 0.10, 0.09, 0.04, 0.15, 0.07, 0.13)

_ROOF, _UPSTROKE = 14, 22  # degrees: a 7's roof falls to the left by less, a 1's upstroke by more
_BAR = 0.3  # of a digit's longer side: a stroke less high lies


def draw_digit(rng: np.random.Generator) -> tuple[list[Stroke], int]:
    """Draw one of the shapes, each point a little elsewhere.

    Returns:
        Strokes in a box about one unit high, y down, and the digit, 0–9, that they show.
    """
    digit = int(rng.choice(10, p=OFTEN))
    shape = SHAPES[digit][rng.integers(len(SHAPES[digit]))]
    jitter = rng.uniform(0.01, 0.05)
    power = np.exp(rng.normal(0, 0.15))  # how the height is shared by what is above and below
    strokes = [_shaken(stroke, jitter, rng) for stroke in _strokes(shape)]
    return [_weighted(stroke, power) for stroke in strokes], digit


def is_between_1_and_7(strokes: list[Stroke], digit: int) -> bool:
    """Tell whether a 1 has the roof of a 7, or a 7 the upstroke of a 1, and no bar tells which.

    Args:
        strokes: of a digit, its longer side 1, y down; the one with the roof first.
        digit: 0–9; any but 1 and 7 is never between.
    """
    if digit not in (1, 7) or any(np.ptp(each[:, 1]) < _BAR for each in strokes[1:]):
        return False
    roof = strokes[0][: int((strokes[0][:, 0] - strokes[0][:, 1]).argmax()) + 1]
    across, down = (roof - roof[-1]).T * ((-1,), (1,))
    left = across > across.max() / 2
    if not left.any():
        return False
    fall = np.degrees(np.arctan2(down[left], across[left])).min()  # where it begins with a hook
    return bool(fall < _UPSTROKE if digit == 1 else fall > _ROOF)


def _strokes(shape: str) -> list[tuple[Stroke, bool]]:
    """Return the strokes of a shape, and whether they are curved."""
    curved = shape.startswith("~")
    return [
        (
            (np.array([point.split(",") for point in part.split()], np.float32) / 100).astype(
                np.float32
            ),
            curved,
        )
        for part in shape.removeprefix("~").split("/")
    ]


def _weighted(stroke: Stroke, power: float) -> Stroke:
    stroke[:, 1] = np.sign(stroke[:, 1]) * np.abs(stroke[:, 1]) ** power
    return stroke


def _shaken(stroke: tuple[Stroke, bool], jitter: float, rng: np.random.Generator) -> Stroke:
    points, curved = stroke
    moved = (points + rng.normal(0, jitter, points.shape)).astype(np.float32)
    return curve(moved) if curved else moved


def curve(points: np.ndarray, steps: int = 6) -> Stroke:
    """Draw a smooth curve through points.

    Args:
        points: shape (count, 2).
        steps: points of the curve between two of these.

    Returns:
        Shape ((count - 1) * steps + 1, 2), float32; fewer than three points as they are.

    Source:
        Catmull & Rom, "A class of local interpolating splines", 1974.
    """
    if len(points) < 3:
        return points.astype(np.float32)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    part = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    cubic = 3 * (start - end) + after - before
    square = 2 * before - 5 * start + 4 * end - after
    curved = start + 0.5 * part * (end - before + part * (square + part * cubic))
    between = curved.transpose(1, 0, 2).reshape(-1, points.shape[1])
    return np.concatenate([between, points[-1:]]).astype(np.float32)

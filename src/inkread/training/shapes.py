"""Digits that we draw ourselves, by the shapes of `digit_shapes.py`."""

import numpy as np

from inkread.data.sources import Stroke
from inkread.training.digit_shapes import SHAPES

# How often each digit is drawn: those more whose shapes differ most from country to country.
OFTEN = (0.08, 0.18, 0.08, 0.08, 0.10, 0.09, 0.04, 0.15, 0.07, 0.13)


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

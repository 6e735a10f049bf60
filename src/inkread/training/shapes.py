"""Digits that we draw ourselves: the shapes that people write and the data sets seldom hold.

A shape is a few strokes apart by `/`, each of points `x,y` in hundredths of its height, y down.
One that begins with `~` is curved through its points.
"""

import numpy as np

from inkread.data.sources import Stroke

SHAPES: dict[int, tuple[str, ...]] = {
    0: (
        "~ 50,0 15,20 0,50 15,85 45,100 75,85 90,50 75,12 45,0",
        # slashed
        "~ 50,0 15,20 0,50 15,85 45,100 75,85 90,50 75,12 45,0 / 10,95 80,5",
        # overshot
        "~ 50,0 15,20 0,50 15,85 45,100 75,85 90,50 75,12 45,0 20,10 10,45",
        # looped at the top
        "~ 20,12 55,0 85,30 80,75 40,100 0,70 10,25 45,12 75,15 100,2",
        # left open
        "~ 55,5 20,20 5,55 20,95 55,95 80,60 75,25",
        # slashed far beyond
        "~ 50,10 20,25 5,55 20,90 45,95 70,85 85,55 75,20 45,10 / -15,110 105,-5",
        "~ 50,10 20,25 5,55 20,90 45,95 70,85 85,55 75,20 45,10 / 20,105 75,0",
        "~ 40,25 15,15 0,50 15,90 50,100 80,70 75,25 45,5 30,20 45,40",
        # open at the right, like C
        "~ 75,15 45,0 10,25 0,65 20,95 55,100 78,85",
        # its ends cross at the top
        "~ 70,0 25,20 0,65 25,100 60,80 65,40 45,12 20,2",
        # with a flag, like σ
        "~ 100,8 50,10 15,30 0,65 20,95 50,95 70,65 55,25 40,12",
        # left open at its left, and flat
        "~ 5,30 50,0 110,35 90,85 20,95",
        # its ends far apart
        "~ 70,25 45,0 10,30 0,70 35,100 75,75 80,45",
    ),
    1: (
        "10,0 10,100",
        "30,0 0,100",
        "0,30 35,0 35,100",
        # a long upstroke
        "0,45 45,0 40,100",
        # longer
        "0,70 45,0 45,100",
        # like Λ
        "0,95 40,0 50,100",
        "~ 0,55 25,35 50,0 42,100",
        # an upstroke that arches
        "~ 0,50 15,22 45,2 / 45,0 40,100",
        "~ 0,35 20,12 45,2 / 45,0 45,100",
        "~ 0,30 25,8 50,0 50,15 40,100",
        # slanted, so that the upstroke lies flat
        "0,28 60,0 25,100",
        "0,40 70,0 30,100",
        "5,20 50,0 25,100",
        "0,35 60,0 40,100",
        "0,50 55,0 35,100",
        "0,22 45,0 15,100",
        "~ 0,40 30,15 60,0 / 60,0 35,100",
        "0,30 55,0 40,100 / 15,100 65,98",
        "~ 0,30 20,8 45,5 60,20 55,60 50,100",
        "0,32 38,3 35,100",
        "0,25 30,0 35,100",
        "5,40 45,0 30,100",
        "~ 0,38 25,18 45,0 / 45,0 30,100 / 10,100 50,100",
        # on a foot
        "0,30 35,0 35,100 / 5,100 65,100",
        "0,55 45,0 45,100 / 15,100 75,100",
        "20,0 20,100 / 0,100 45,100",
        # a wide roof
        "0,100 45,0 65,100",
        "~ 0,95 25,45 50,0 55,50 60,100",
        # in a running hand, with a curl below
        "~ 0,60 35,15 50,0 35,50 30,90 45,100 70,85",
    ),
    2: (
        "~ 5,25 30,0 65,10 60,45 0,100 / 0,100 80,100",
        # looped
        "~ 5,20 40,0 70,25 45,65 10,95 10,75 35,85 90,100",
        # like Z
        "0,10 60,5 65,35 5,95 85,90",
        # waved
        "~ 0,30 5,5 50,0 70,30 30,75 0,95 40,90 75,100 95,85",
        # a short foot
        "~ 0,20 25,0 50,15 35,60 15,98 45,92",
        "~ 0,15 30,0 60,20 35,55 10,90 30,100 55,95",
        # the head nearly closed, like Q
        "~ 40,35 10,30 5,10 35,0 60,20 45,65 5,95 5,80 30,85 85,100",
        "~ 50,28 20,40 0,22 25,0 60,12 50,60 0,100 / 0,100 75,95",
    ),
    3: (
        "~ 5,10 45,0 60,25 25,48 65,65 50,95 0,92",
        # flat on top
        "~ 0,0 65,0 25,42 / 25,42 65,60 55,95 0,95",
        "0,0 65,0 20,40 65,55 65,90 30,100 0,85",
        # a small head over a large belly
        "~ 15,8 45,0 50,18 25,35 60,50 65,80 35,100 0,92",
        "5,5 55,0 25,35 60,55 50,90 0,98",
        # a large head over a small belly
        "~ 0,12 40,0 60,22 20,55 50,65 45,90 0,100",
        "~ 5,0 50,5 25,40 55,60 50,95 0,95",
        "~ 10,10 40,0 50,15 25,40 50,50 60,75 35,100 0,95",
        "0,0 55,0 20,45 55,60 35,95 0,90",
        # a flat head
        "~ 0,5 60,0 20,45 50,50 55,85 0,100",
        "~ 15,5 50,5 48,28 22,42 45,45 60,70 45,100 0,95",
        # looped in the middle
        "~ 10,15 50,0 55,30 30,48 25,40 40,45 65,70 35,100 0,85",
    ),
    4: (
        "50,0 0,65 85,65 / 60,30 55,100",
        # open
        "10,0 0,50 65,50 / 65,0 60,100",
        # closed
        "60,0 0,70 90,65 / 60,0 60,100",
        # a short down-stroke
        "40,0 0,60 75,60 / 50,45 42,100",
        # in one go
        "65,90 62,0 0,60 85,60",
        # rounded, like y
        "~ 5,0 5,40 40,50 65,35 65,0 / 65,0 65,100",
        # a flash: down, across and down again
        "40,0 5,50 60,45 30,100",
        "~ 45,0 15,30 5,50 30,52 60,42 / 55,20 40,100",
        # closed and round, unlike 9 by its corner
        "50,5 0,55 55,60 / 50,5 60,0 50,100",
        # looped at the left
        "~ 40,0 20,30 5,55 15,65 45,50 80,45 / 65,15 45,100",
        "~ 5,5 0,40 30,50 60,35 / 65,0 60,50 55,100",
        "~ 50,5 10,30 5,50 40,50 60,35 / 60,10 50,100",
        "~ 45,0 10,35 15,60 50,55 80,45 70,35 55,60 45,100",
        "30,0 0,45 45,50 / 60,20 35,100",
        "45,0 10,50 50,45 / 55,10 45,100",
        "5,0 10,45 50,35 / 60,0 40,100",
        # in one go, like y
        "~ 15,0 0,35 20,48 45,35 60,0 55,45 45,100",
        # like h: the right side begins low
        "15,0 5,60 50,50 / 50,40 45,100",
        "10,0 0,55 35,45 55,50 50,100",
    ),
    5: (
        "~ 10,0 5,42 45,38 70,65 45,97 0,92 / 10,2 70,0",
        "75,0 15,2 10,40 55,45 65,75 40,100 0,90",
        # the roof apart
        "~ 12,8 5,45 50,42 65,70 35,100 0,88 / 30,0 80,-5",
        # a short roof
        "~ 5,2 0,40 35,35 60,65 40,98 0,95 / 5,0 42,0",
        "~ 45,0 10,5 5,40 40,45 50,75 30,95 0,100",
        # like S
        "~ 60,2 20,5 15,35 50,55 45,90 0,95",
        # like √ turned
        "~ 20,10 10,45 40,45 50,80 10,100 / 20,10 60,5 100,0",
        # like √
        "0,55 20,100 50,5 115,0",
        "~ 0,45 15,75 25,100 40,40 55,5 / 52,5 110,2",
        # like r
        "~ 10,25 20,60 20,100 30,45 60,10 100,15",
        # a long roof
        "~ 15,5 5,40 45,38 60,70 30,100 0,90 / 12,5 60,2 110,0",
        "60,0 10,5 15,45 40,42 58,60 55,90 25,100 0,92",
    ),
    6: (
        "~ 60,0 20,30 0,70 25,100 60,85 50,55 10,70",
        "~ 30,0 5,40 5,85 40,100 65,75 40,55 8,75",
        "~ 10,0 0,50 10,95 50,95 55,65 25,55 2,75",
        # a tiny loop
        "~ 40,0 0,60 20,100 50,80 30,65 5,85",
        "~ 55,0 10,35 0,75 20,100 45,95 50,75 25,70 5,85",
    ),
    7: (
        "0,0 70,0 25,100",
        "0,2 60,0 40,100",
        "0,10 5,0 65,0 20,100",
        "0,5 55,0 55,12 40,100",
        # a serif that hangs, a short roof
        "0,25 2,5 50,2 30,100",
        "~ 0,25 5,5 25,10 52,0 / 52,0 35,100",
        # crossed
        "0,0 70,0 25,100 / 15,50 75,45",
        "0,15 5,0 70,2 30,100 / 10,50 80,50",
        # waved
        "~ 0,15 10,0 40,8 75,0 45,50 30,100",
        # with a serif
        "0,20 0,0 65,0 60,30 40,100",
        "0,0 55,5 50,100 / 20,50 80,50",
        # crossed, on a foot
        "0,5 70,0 20,100 / 5,50 70,45 / 0,100 45,98",
        "~ 0,12 20,2 50,8 75,0 / 75,0 30,100 / 15,52 80,45",
        # the roof hangs down
        "0,30 5,2 70,0 40,55 30,100 / 20,55 75,50",
        "~ 5,10 40,0 70,10 45,55 40,100 / 5,65 30,52 50,60 80,55",
        "~ 0,12 35,0 65,8 40,50 30,100 / 10,55 70,50",
        # hardly a roof, like t
        "30,8 50,0 35,100 / 0,52 95,42",
        "~ 20,15 50,0 48,40 35,100 / 5,50 95,45",
    ),
    8: (
        "~ 60,10 25,0 10,25 55,60 55,90 20,100 5,75 50,40 60,10",
        # two rings
        "~ 30,0 5,20 30,42 55,20 30,0 / 30,42 0,70 30,100 60,70 30,42",
        # open on top
        "~ 65,5 20,5 15,30 60,70 35,100 5,75 40,45 75,10",
        "~ 70,12 35,0 10,20 45,50 60,80 30,100 5,80 30,52 60,22",
        # a roof over an open head
        "~ 70,0 20,8 20,30 60,65 45,100 10,90 15,65 50,40 75,5",
        # narrow
        "~ 30,0 10,20 30,45 40,75 20,100 5,75 20,45 40,20 25,0",
        "~ 60,0 25,10 20,35 55,60 45,95 10,95 10,70 45,45",
        "~ 55,5 30,0 10,20 30,45 50,70 35,100 5,90 15,60 45,40 60,10",
        # begun like S
        "~ 60,10 25,0 10,25 50,60 45,95 5,90 15,60 45,30",
        "~ 55,5 20,0 10,25 45,55 50,85 20,100 0,75 35,45 62,22",
        "~ 25,5 50,0 48,20 15,60 10,90 40,95 45,65 8,18",
        # a small ring on a large one
        "~ 35,0 15,15 35,32 55,15 35,0 / 35,32 0,65 35,100 70,65 38,32",
    ),
    9: (
        "~ 60,10 25,0 0,25 20,50 55,35 62,8 55,100",
        # like q
        "~ 60,25 30,0 0,20 20,48 60,30 / 60,20 60,100",
        # a curved tail
        "~ 60,25 30,0 0,20 20,48 60,25 60,70 35,100 0,90",
        # P-shaped, turned round
        "10,5 60,0 60,35 10,40 10,5 / 60,5 50,100",
        # a slanted tail
        "~ 55,15 30,0 0,20 20,45 55,20 30,100",
        # the tail curls up into a second loop
        "~ 60,20 35,0 5,20 25,45 58,25 60,70 35,100 8,88 25,70",
        "~ 55,15 30,0 5,20 25,42 55,22 50,75 20,98 0,80 25,72 45,78",
        # begun like S
        "~ 55,22 60,5 35,0 10,18 25,40 55,38 58,65 30,98 0,92",
        "~ 55,10 20,5 5,30 30,45 55,20 55,80 30,100 0,85",
        # the head left open
        "~ 55,10 20,5 5,30 30,45 60,15 / 60,10 55,100",
        # a tiny head on a long stem
        "~ 45,15 25,0 8,15 25,30 45,15 40,60 38,100",
        "~ 50,18 25,2 5,20 25,35 50,18 / 50,12 20,100",
        # the tail flies out to the left below
        "~ 60,20 30,0 5,22 30,42 60,20 50,75 -10,100",
        "~ 45,45 15,40 0,20 20,0 50,5 60,25 45,45 40,70 38,100",
        "~ 50,10 20,5 5,25 25,45 50,30 55,10 60,60 45,95 10,95 0,80",
        "~ 70,10 40,0 20,15 35,35 60,30 70,10 50,60 20,90 0,100 -10,85",
        "~ 55,30 25,45 0,25 20,0 50,5 55,30 50,100",
        "~ 40,42 5,35 5,8 40,0 65,15 55,38 40,42 / 42,42 38,100",
    ),
}


# How often each digit is drawn: those more whose shapes differ most from country to country.
OFTEN = (0.08, 0.26, 0.06, 0.08, 0.13, 0.07, 0.04, 0.10, 0.07, 0.11)


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

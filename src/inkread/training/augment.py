"""What hands and pens do to a digit: bent, slanted, inked anew, and framed as it will be read.

What paper, cameras and wrong crops add to it stands in `wear.py`.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread import ink
from inkread.data.sources import Stroke
from inkread.ink import Ink
from inkread.training.pen import draw
from inkread.training.shapes import curve

_SIZE_PX = 56  # warped at twice the size of the ink, so that framing scales down as it does later
_ELASTIC_GRID = 5
_ROUND = [cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)) for size in (3, 5, 7)]
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))

Turns = tuple[float, float]  # the least and the most that something is turned, degrees clockwise
_EITHER_WAY = (-27.0, 27.0)
_ROUNDED = 0.6  # how often the corners of strokes are drawn round
# A 7 whose bar falls to the left is a 1 with an upstroke, and the other way round. The flattest
# upstrokes fall by about 25°: turned, neither goes beyond the 19° between the two.
_TURNS = {1: (-27.0, 6.0), 7: (-18.0, 27.0)}


def turns_of(label: int) -> Turns:
    """Return how far a digit, or what is none, may be turned and still be what it is."""
    return _TURNS.get(label, _EITHER_WAY)


def bend_picture(
    picture: NDArray[np.uint8], rng: np.random.Generator, turns: Turns = _EITHER_WAY
) -> Ink:
    """Warp a picture, make its stroke thinner or thicker, and frame it.

    Args:
        picture: shape (height, width), uint8, light ink on dark paper.
        rng: the source of all that is random.
        turns: how far it may be turned.

    Returns:
        Shape (28, 28), float32, 0–1.

    Raises:
        BlankPicture: nothing is left of it.
    """
    longer = max(picture.shape)
    if any(rim.any() for rim in (picture[0], picture[-1], picture[:, 0], picture[:, -1])):
        picture = np.pad(picture, longer // 8)  # turned, its corners would be cut off
        longer = max(picture.shape)
    if longer > 2 * _SIZE_PX:
        zoom = 2 * _SIZE_PX / longer
        picture = np.asarray(
            cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8
        )
    warped = _warp(np.divide(picture, 255, dtype=np.float32), rng, turns)
    return ink.frame(_pen_width(warped, rng))


def rounded_of(label: int) -> float:
    """Return how often a digit's corners, or those of what is none, are drawn round.

    A 1 whose upstroke goes round into its stem is a 7.
    """
    return 0.0 if label == 1 else _ROUNDED


def inked(
    bent: list[Stroke],
    rng: np.random.Generator,
    thickest: float = 0.5,
    rounded: float = _ROUNDED,
) -> Ink:
    """Draw strokes with a pen of any width, and frame them.

    Args:
        bent: as `bend` returns them.
        rng: the source of all that is random.
        thickest: of pens, as a share of the strokes' height: filled, much looks like a digit.
        rounded: how often, 0–1, their corners are drawn round.

    Returns:
        Shape (28, 28), float32, 0–1.

    Raises:
        BlankPicture: nothing is left of it, as of a dot of a hair-thin pen.
    """
    if rng.random() < rounded:
        bent = [curve(each, 3) for each in bent]
    share = min(_pen_share(rng), thickest)
    pen_px = 2 * int(np.clip(round(share * 32), 1, 12))
    height = int(np.clip(pen_px / share, 40, 130))
    size = [int(side) + 2 * pen_px + 2 for side in _extent(bent) * height]
    placed = [each * height + pen_px + 1 for each in bent]
    picture = draw(placed, (size[1], size[0]), pen_px)
    return ink.frame(np.divide(_broken(picture, pen_px, rng), 255, dtype=np.float32))


def _warp(digit: Ink, rng: np.random.Generator, turns: Turns) -> Ink:
    """Rotate, slant and stretch by one affine map and bend by a smooth random field."""
    longer = max(digit.shape)
    back = (-turns[1], -turns[0])  # the map leads from what is made to what it is made of
    matrix = _affine(rng, back) * (longer / _SIZE_PX * 1.25)
    grid = np.arange(_SIZE_PX, dtype=np.float32) - (_SIZE_PX - 1) / 2
    strength = rng.uniform(0, 0.9) * longer / ink.CANVAS_PX
    bend = rng.normal(0, strength, (2, _ELASTIC_GRID, _ELASTIC_GRID)).astype(np.float32)
    middle = ((digit.shape[1] - 1) / 2, (digit.shape[0] - 1) / 2)
    shares = _shares(rng)
    column, row = (
        _reach(
            matrix[axis, 0] * grid[None, :] + matrix[axis, 1] * grid[:, None] + middle[axis],
            digit.shape[1 - axis],
            shares[axis],
        )
        + cv2.resize(bend[axis], (_SIZE_PX, _SIZE_PX), interpolation=cv2.INTER_CUBIC)
        for axis in (0, 1)
    )
    if longer > 1.5 * _SIZE_PX:
        digit = np.asarray(cv2.blur(digit, (2, 2)), dtype=np.float32)
    bent = np.asarray(cv2.remap(digit, column, row, cv2.INTER_CUBIC), dtype=np.float32)
    return np.clip(bent, 0, 1)


def _affine(rng: np.random.Generator, turns: Turns) -> NDArray[np.float64]:
    """Turn, slant and stretch: mostly a little, at times as far as digits stay readable."""
    far = rng.random() < 0.2
    angle = np.deg2rad(rng.uniform(*turns) if far else np.clip(rng.uniform(-8, 8), *turns))
    slant = rng.uniform(-0.33, 0.33) if far else rng.uniform(-0.18, 0.18)
    stretch = np.exp(rng.uniform(-0.2, 0.2) if far else rng.uniform(-0.15, 0.15))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(turn @ np.array([[stretch, slant], [0, 1 / stretch]]))


def _shares(rng: np.random.Generator) -> tuple[float, float]:
    """Return, across and down, by how much one end grows at the cost of the other."""
    across, down = np.clip(rng.normal(0, 0.2, 2), -0.5, 0.5)
    return float(across), float(down)


def _reach(places: NDArray[np.floating], length: float, share: float) -> NDArray[np.float32]:
    """Move places along an axis so that one end of what is drawn there grows and the other shrinks.

    Hands share a digit's height unlike each other: a small head on a long stem, and so on.
    """
    along = np.clip(places / length, 0, 1)
    return np.asarray(places + share * length * along * (1 - along), np.float32)


def bend(
    strokes: list[Stroke], rng: np.random.Generator, turns: Turns = _EITHER_WAY
) -> list[Stroke]:
    """Bend strokes as a picture is bent, and move and shake them.

    Args:
        strokes: points (x, y), y down, in any units.
        rng: the source of all that is random.
        turns: how far they may be turned.

    Returns:
        The same strokes from (0, 0) on; their longer side is 1.
    """
    points: NDArray[np.floating] = np.concatenate(strokes)
    low = points.min(axis=0)
    extent = np.maximum(np.ptp(points, axis=0), 1e-6)
    points = np.stack(
        [
            _reach(points[:, axis] - low[axis], float(extent[axis]), share)
            for axis, share in enumerate(_shares(rng))
        ],
        axis=1,
    )
    points = points / float(extent.max()) - 0.5
    points = points @ _affine(rng, turns).T
    waves = rng.uniform(-5, 5, (2, 2, 2)), rng.uniform(0, 7, (2, 2))
    strength = rng.uniform(0, 0.035)
    for axis in (0, 1):
        points = points + strength * np.sin(points @ waves[0][axis] + waves[1][axis])
    if rng.random() < 0.3:
        points = points + rng.normal(0, rng.uniform(0, 0.012), points.shape)
    lengths = [len(each) for each in strokes]
    if len(strokes) > 1:
        points = points + np.repeat(rng.normal(0, 0.015, (len(strokes), 2)), lengths, axis=0)
    points = points - points.min(axis=0)
    points = points / max(float(points.max()), 1e-6)
    return np.split(points.astype(np.float32), np.cumsum(lengths)[:-1])


def _pen_share(rng: np.random.Generator) -> float:
    """Return a pen's width as a share of its stroke's height: hair-thin, the pad's, a marker's."""
    kind = rng.random()
    if kind < 0.07:
        return float(rng.uniform(0.3, 0.5))
    if kind < 0.45:
        return float(rng.uniform(0.08, 0.3))
    return float(np.exp(rng.uniform(np.log(0.02), np.log(0.3))))


def _extent(strokes: list[Stroke]) -> NDArray[np.float32]:
    return np.asarray(np.max([each.max(axis=0) for each in strokes], axis=0))


def _pen_width(digit: Ink, rng: np.random.Generator) -> Ink:
    """Make the stroke up to a pixel thinner or, if thin, three thicker at the doubled size."""
    choice = rng.random()
    if choice < 0.15:
        thinner = np.asarray(cv2.erode(digit, _CROSS), dtype=np.float32)
        return thinner if thinner.sum() > 0.4 * digit.sum() else digit
    if choice < 0.5 and cv2.erode(digit, _ROUND[1]).sum() < 0.3 * digit.sum():
        kernel = _ROUND[min(2, int(rng.exponential(0.7)))]
        return np.asarray(cv2.dilate(digit, kernel), dtype=np.float32)
    return digit


def _broken(picture: NDArray[np.uint8], pen_px: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Let the pen fail in a few places, and at times write in dots."""
    if rng.random() < 0.92:
        return picture
    rows, columns = np.nonzero(picture)
    holes = rng.integers(1, 30 if rng.random() < 0.4 else 4)
    worn = picture.copy()
    for place in rng.integers(0, len(rows), holes):
        radius = max(1, int(pen_px * rng.uniform(0.3, 0.7)))
        cv2.circle(worn, (int(columns[place]), int(rows[place])), radius, 0, -1, cv2.LINE_AA)
    return worn if worn.sum(dtype=np.int64) > 0.6 * picture.sum(dtype=np.int64) else picture

"""A picture → the strokes that a pen would have made: thinned, then traced."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.data.sources import Stroke

Pixel = tuple[int, int]
Floats = NDArray[np.float32]

_SIZE_PX = 96  # pictures are thinned at about this size, so that small loops keep their holes
_DARK = 60  # of 255: ink


class _Way(NamedTuple):
    """A way to tell ink from paper.

    Attributes:
        beside: share of the darkest ink near, 0–1, from which on it is ink: the higher, the sooner
            a loop that is nearly filled stays a loop, and the sooner pale ink is torn.
        filled: half widths of the pen: ink that is further from all paper fills a loop.
        handicap: by how much less strokes have to differ from the picture than by the first way.
    """

    beside: float
    filled: float
    handicap: float


_WAYS = (_Way(0.6, 2.1, 0), _Way(0.75, 2.1, 0.01), _Way(0.6, 1.6, 0.1))
_LIKE_IT = 0.18  # share of the ink by which strokes may differ before other ways are tried
_PENS = (0.7, 1.0, 1.3)  # of the width that was measured
_SOFT_PX = 1.7  # as blurred as a small picture is when it is enlarged
_DOT_PX = 6  # area of what fills a loop, under which it is a corner
_CORNER_PX = 4
_NEAR = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
# The bit of each neighbour, clockwise from above, as weights of a 3×3 filter.
_BITS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)
_NEIGHBOURS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def _deletable(first: bool) -> NDArray[np.uint8]:
    """Tell for each of the 256 neighbourhoods whether one half-step of thinning deletes it."""
    table = np.zeros(256, np.uint8)
    for code in range(256):
        ring = [code >> bit & 1 for bit in range(8)]
        starts = sum(ring[bit] < ring[(bit + 1) % 8] for bit in range(8))
        up, right, down, left = ring[0], ring[2], ring[4], ring[6]
        free = (
            not up * right * down and not right * down * left
            if first
            else not up * right * left and not up * down * left
        )
        table[code] = 2 <= sum(ring) <= 6 and starts == 1 and free
    return table


_STEPS = (_deletable(first=True), _deletable(first=False))


def thin(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thin a mask to lines one pixel wide.

    Args:
        mask: shape (height, width), 0 or 1, with a free rim.

    Returns:
        The same shape, 0 or 1.

    Source:
        Zhang & Suen, "A fast parallel algorithm for thinning digital patterns", 1984.
    """
    mask = mask.copy()
    while True:
        deleted = 0
        for table in _STEPS:
            codes = cv2.filter2D(mask, cv2.CV_8U, _BITS, borderType=cv2.BORDER_CONSTANT)
            doomed = np.asarray(cv2.LUT(codes, table), np.uint8) & mask
            deleted += cv2.countNonZero(doomed)
            mask -= doomed
        if not deleted:
            return mask


def strokes_of(picture: NDArray[np.uint8]) -> list[Stroke]:
    """Trace a picture of light ink on dark paper into strokes.

    Args:
        picture: shape (height, width), uint8.

    Returns:
        Strokes in units of the picture's longer side, 0–1, y down; none where nothing is drawn.
    """
    height, width = picture.shape
    zoom = _SIZE_PX / max(height, width)
    size = (round(width * zoom), round(height * zoom))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA)
    large = cv2.copyMakeBorder(large, 2, 2, 2, 2, cv2.BORDER_CONSTANT)
    paths = _paths(_thinned(np.asarray(large, np.uint8)))
    return [((_smooth(path) - 1.5) / _SIZE_PX).astype(np.float32) for path in paths]


def _thinned(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thin ink in the way that, inked again, comes nearest to it; later ones may tear nothing."""
    best, least, pieces = np.zeros_like(picture), np.inf, np.inf
    for way in _WAYS:
        mask = (picture > _DARK) & (picture >= way.beside * cv2.dilate(picture, _NEAR))
        ink = mask.astype(np.uint8)
        depths = np.asarray(cv2.distanceTransform(ink, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
        lines = thin(ink)
        if (loops := _filled(depths, lines, way.filled)).any():
            lines = thin(np.where(loops, 0, ink).astype(np.uint8))
        count, _ = cv2.connectedComponents(lines)
        if count == 1:  # the paper: solid ink may be thinned to nothing
            continue
        difference = _difference(picture, lines, depths) + way.handicap
        if difference < least and count <= pieces:
            best, least = lines, difference
        if least < _LIKE_IT:
            break
        pieces = min(pieces, count)
    return best


def _difference(picture: NDArray[np.uint8], lines: NDArray[np.uint8], depths: Floats) -> float:
    """Return how much lines, inked as thick as the ink was, differ, as a share of the ink."""
    wanted = picture / np.float32(picture.max())
    wide = 2 * float(np.median(depths[lines > 0]))
    differences = []
    for share in _PENS:
        pen = max(1, round(share * wide))
        round_pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pen, pen))
        inked = cv2.dilate(lines, round_pen).astype(np.float32)
        soft = cv2.GaussianBlur(inked, (0, 0), _SOFT_PX)
        differences.append(float(np.abs(soft - wanted).sum() / wanted.sum()))
    return min(differences)


def _filled(depths: Floats, lines: NDArray[np.uint8], wide: float) -> NDArray[np.bool_]:
    """Tell where ink is so many times wider than its lines are that a loop ran full there."""
    if not lines.any():
        return np.zeros(lines.shape, np.bool_)
    too_deep = (depths > wide * np.median(depths[lines > 0])).astype(np.uint8)
    _, pieces, sizes, _ = cv2.connectedComponentsWithStats(too_deep)
    large = sizes[:, cv2.CC_STAT_AREA] >= _DOT_PX
    large[0] = False
    return np.asarray(large[pieces], np.bool_)


def _paths(skeleton: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Walk along a skeleton from end to end, straight on at crossings, until all is walked.

    The pixel between two paths that meet is not shared: a pen two pixels wide hides the gap.
    """
    every = {(row, column) for row, column in np.argwhere(skeleton).tolist()}
    left, paths = set(every), []
    while left:
        path = [
            next((pixel for pixel in sorted(left) if len(_beside(pixel, left)) == 1), min(left))
        ]
        left.discard(path[0])
        while following := _beside(path[-1], left):
            path.append(_straightest(path, following))
            left.discard(path[-1])
        if len(path) > _CORNER_PX or _alone(path, every):
            paths.append(np.array(path, np.float64)[:, ::-1])
    return paths


def _alone(path: list[Pixel], every: set[Pixel]) -> bool:
    """Tell whether a path touches nothing else: so does a dot, but no corner that was cut."""
    return set().union(*(_beside(pixel, every) for pixel in path)) <= set(path)


def _beside(pixel: Pixel, pixels: set[Pixel]) -> list[Pixel]:
    row, column = pixel
    around = ((row + down, column + right) for down, right in _NEIGHBOURS)
    return [each for each in around if each in pixels]


def _straightest(path: list[Pixel], following: list[Pixel]) -> Pixel:
    """Choose the next pixel so that the path bends least from where it came seven pixels ago."""
    (row, column), (from_row, from_column) = path[-1], path[max(-8, -len(path))]
    down, right = row - from_row, column - from_column
    return max(following, key=lambda to: (to[0] - row) * down + (to[1] - column) * right)


def _smooth(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the steps of the pixels out, the ends kept where they are, and thin the points out."""
    if len(path) < 5:
        return path
    padded = np.pad(path, ((2, 2), (0, 0)), mode="reflect", reflect_type="odd")
    kernel = np.ones(5) / 5
    even = np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)
    return np.concatenate([even[:-1:3], even[-1:]])

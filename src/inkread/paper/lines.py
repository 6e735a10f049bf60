"""Ruled lines and squared paper, taken out of a mask of ink without cutting the digit."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.ink import Mask, bounds

Pixels = NDArray[np.intp]

_MOST_PIECES = 100  # that are followed: in dashes and bar codes there are thousands
STEEPEST = 0.2  # a ruled line rises less on its way; beyond that it is the stem of a 7


@dataclass(frozen=True)
class _Line:
    """A thin line, straight or hardly bent.

    Attributes:
        band: 1 on the pixels that it covers from rim to rim; transposed where it is upright.
        thickness_px: of the band.
        start_px: where its visible part begins, from the left, or from the top if upright.
        length_px: of its visible part.
        from_rim_to_rim: whether both ends are at the picture's rim.
        upright: whether it runs from top to bottom.
    """

    band: Mask
    thickness_px: int
    start_px: int
    length_px: int
    from_rim_to_rim: bool
    upright: bool


def without_ruled_lines(mask: Mask) -> Mask:
    """Remove straight thin lines that run across the picture, in both directions.

    Args:
        mask: shape (height, width), uint8; 1 is ink.

    Returns:
        The mask without them. Where a stroke crosses a line it stays whole.

    Raises:
        BlankPicture: the mask is empty.
    """
    turned = np.asarray(cv2.transpose(mask), dtype=np.uint8)
    lines = _lines(mask, upright=False) + _lines(turned, upright=True)
    if not lines:
        return mask
    rest = _erase_all(mask, lines)
    ruled = [line for line in lines if _is_ruled(line, lines, rest)]
    return _erase_all(mask, ruled)


def _is_ruled(line: _Line, lines: list[_Line], rest: Mask) -> bool:
    """Tell a ruled line from a straight stroke of a digit that fills the picture.

    Args:
        line: one of the lines.
        lines: all that were found; three in one direction are paper, not strokes.
        rest: what is left of the ink without them.
    """
    if sum(other.upright == line.upright for other in lines) >= 3:
        return line.from_rim_to_rim or 0 < 2 * _extent(rest) <= line.length_px
    if not line.from_rim_to_rim:
        return False
    along = np.flatnonzero(rest.any(axis=1 if line.upright else 0))
    if not along.size:
        return not line.upright  # alone: a 1 is upright
    # A stroke ends with its digit; a line goes on beyond it to both sides.
    before, after = along[0] - line.start_px, line.start_px + line.length_px - along[-1]
    return bool(min(before, after) > 0.15 * line.length_px)


def _lines(mask: Mask, upright: bool) -> list[_Line]:
    """Find level lines by their longest clear pieces, each followed across the whole picture.

    For upright ones the mask comes transposed.
    """
    height, width = mask.shape
    thickest = max(3, round(0.03 * min(height, width)))
    runs = _runs(mask, thickest, max(8, width // 32))
    if np.count_nonzero(runs.max(axis=0)) < width / 10:
        return []
    # Where another line or a thin stroke crosses, the pieces go on beyond it.
    linked = cv2.dilate(runs, np.ones((1, 2 * thickest + 1), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(linked, connectivity=8)
    rows, columns = np.nonzero(runs)
    part_of = parts[rows, columns]
    lengths = stats[:, cv2.CC_STAT_WIDTH]
    lines: list[_Line] = []
    tried = 0
    for part in np.argsort(-lengths):
        if part == 0 or lengths[part] < width / 10:
            continue
        piece = part_of == part
        if not piece.any():
            continue  # it lies along a longer piece
        tried += 1
        if tried > _MOST_PIECES:
            break
        near = _along(rows, columns, piece, thickest, width)
        line = _line((height, width), rows[near], columns[near], thickest, upright)
        if line is not None:
            lines.append(line)
            part_of = np.where(near, 0, part_of)
    return lines


def _runs(mask: Mask, thickest: int, shortest: int) -> Mask:
    """Keep the level pieces of ink that are thin and long, px."""
    # With a pixel of paper around the ink, opening this part is as good as opening it all.
    part = tuple(slice(max(0, side.start - 1), side.stop + 1) for side in bounds(mask))
    thick = cv2.morphologyEx(mask[part], cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    thin = cv2.bitwise_and(mask[part], 1 - thick)
    runs = np.zeros_like(mask)
    runs[part] = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    return runs


def _along(
    rows: Pixels, columns: Pixels, near: NDArray[np.bool_], thickest: int, width: int
) -> NDArray[np.bool_]:
    """Grow one piece of a line to all pixels that lie along it; a page may bend a little."""
    for _ in range(4):
        length = np.ptp(columns[near]) if near.any() else 0
        if length < width / 12:
            return np.zeros_like(near)
        bend = np.polyfit(columns[near], rows[near], 2 if length > width / 2 else 1)
        near = np.abs(rows - np.polyval(bend, columns)) <= thickest
    return near


def _line(
    shape: tuple[int, int], rows: Pixels, columns: Pixels, thickest: int, upright: bool
) -> _Line | None:
    """Fit a line to the pixels along it, or find them too thick, too short or too gappy."""
    height, width = shape
    covered = np.unique(columns)
    if len(covered) < width / 12:
        return None
    length = int(covered[-1] - covered[0]) + 1
    thickness = len(rows) / len(covered)
    middle = np.polyval(np.polyfit(columns, rows, 2), np.arange(width))
    ends = covered[[0, -1]]
    to_side = np.minimum(ends, width - 1 - ends)
    to_top_or_bottom = np.minimum(middle[ends], height - 1 - middle[ends])
    at_rim = bool((np.minimum(to_side, to_top_or_bottom) <= max(3, width // 25)).all())
    shortest = width / 8 if at_rim else width / 2
    if thickness > thickest or length < shortest or len(covered) < length / 2:
        return None
    if abs(middle[-1] - middle[0]) > STEEPEST * width:
        return None
    band = np.abs(np.arange(height)[:, None] - middle[None, :]) <= thickness / 2 + 1.5
    return _Line(
        band.astype(np.uint8), round(thickness) + 4, int(covered[0]), length, at_rim, upright
    )


def _erase_all(mask: Mask, lines: list[_Line]) -> Mask:
    for line in lines:
        mask = _erase(mask.T, line).T if line.upright else _erase(mask, line)
    return np.ascontiguousarray(mask)


def _erase(mask: Mask, line: _Line) -> Mask:
    """Erase a line except where a stroke goes on above it and below it."""
    beside = np.ascontiguousarray(mask & (1 - line.band))
    reach = np.ones((line.thickness_px, 3), np.uint8)
    nothing = np.zeros((line.thickness_px - 1, 3), np.uint8)
    above = cv2.dilate(beside, np.vstack((reach, nothing))).astype(np.uint8)
    below = cv2.dilate(beside, np.vstack((nothing, reach))).astype(np.uint8)
    crossing: Mask = mask & line.band & above & below
    return beside | crossing


def _extent(mask: Mask) -> int:
    """Return the longer side, px, of the largest connected part."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if len(stats) < 2:
        return 0
    largest = stats[1:][stats[1:, cv2.CC_STAT_AREA].argmax()]
    return int(max(largest[cv2.CC_STAT_WIDTH], largest[cv2.CC_STAT_HEIGHT]))

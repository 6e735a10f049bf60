"""Signs found on a page → numbers, in reading order, and which of them to look at closely."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkread.maps import DIGIT_PX, SEEN, Floats, Found

MOST_LOOKED_AT_PX = 2_000_000  # of all numbers of a page together, each at its own size
MOST_SEEN_PX = 12_000_000  # beyond that of those whose digits are seen already: some 700 amounts
_GAP = 1.1  # heights between two signs of one number at most
_STEP = 0.6  # heights by which the next digit may stand higher or lower, beside the line's tilt
_RATIO = 2.6  # of two digits' heights in one number at most
_STEEPEST = np.tan(np.deg2rad(20))
_SHARED = 0.6  # of its own height: rows nearer than this are one
_MARGIN = (1.2, 0.5)  # heights beside a number, and above and below, that are looked at too


class Number(NamedTuple):
    """A number to be looked at closely.

    Attributes:
        rough: its signs.
        height: of its digits, px.
        corners: left, top, right and bottom of what is looked at, px; it may reach over the page.
    """

    rough: Found
    height: float
    corners: tuple[int, int, int, int]

    @property
    def area(self) -> float:
        """What is looked at, px, with its digits DIGIT_PX high."""
        left, top, right, bottom = self.corners
        return (right - left) * (bottom - top) * (DIGIT_PX / self.height) ** 2

    @property
    def is_seen(self) -> bool:
        """Whether all its digits are seen already; marks that are no signs do not count."""
        digits = self.rough.is_digit & self.rough.signs.any(axis=1)
        return bool(digits.any() and self.rough.presence[digits].min() >= SEEN)


@dataclass(frozen=True)
class _Signs:
    """Signs with what grouping needs; y is measured from the line that the page's rows follow."""

    left: Floats
    right: Floats
    middle: Floats
    height: Floats
    is_digit: NDArray[np.bool_]


def numbers(found: Found) -> list[NDArray[np.intp]]:
    """Group signs to numbers.

    Args:
        found: signs, those sure enough to count.

    Returns:
        The places of each number's signs in `found`, from left to right; numbers in reading
        order. Separators that stand near no digit are left out.
    """
    is_digit = found.is_digit
    if not is_digit.any():
        return []
    signs = _measured(found.boxes, is_digit, 0.0)
    signs = _measured(found.boxes, is_digit, _tilt(signs, _links(signs, 2 * _STEP)))
    groups = _joined(_links(signs, _STEP))
    kept = [each[np.argsort(found.boxes[each, :3:2].sum(axis=1))] for each in groups]
    return _in_order([each for each in kept if is_digit[each].any()], signs)


def worth_a_look(
    rough: Found, most_px: int = MOST_LOOKED_AT_PX, seen_px: int = MOST_SEEN_PX
) -> list[Number]:
    """Return the numbers that signs make up, the surest first, not more than are soon read.

    Args:
        rough: the signs.
        most_px: of all numbers together, each with its digits DIGIT_PX high.
        seen_px: beyond that, of those that are seen already.
    """
    every = sorted((_number(rough.take(each)) for each in numbers(rough)), key=_surest_first)
    worth, left, left_for_seen = [], float(most_px), float(seen_px)
    for number in every:
        if number.area <= left:
            worth.append(number)
            left -= number.area
        elif number.area <= left_for_seen and number.is_seen:
            worth.append(number)
            left_for_seen -= number.area
    return worth


def around(height: float) -> Floats:
    """Return by how much what is looked at closely reaches over a box: left, up, right, down."""
    reach: Floats = (np.array([-1, -1, 1, 1]) * height * np.array(_MARGIN * 2)).astype(np.float32)
    return reach


def _measured(boxes: Floats, is_digit: NDArray[np.bool_], tilt: float) -> _Signs:
    x, y = ((boxes[:, axis] + boxes[:, axis + 2]) / 2 for axis in (0, 1))
    middle = (y - np.float32(tilt) * x).astype(np.float32)
    return _Signs(boxes[:, 0], boxes[:, 2], middle, boxes[:, 3] - boxes[:, 1], is_digit)


def _links(signs: _Signs, step: float) -> NDArray[np.bool_]:
    """Tell which sign (column) may follow which (row) in one number."""
    both = signs.is_digit[:, None] & signs.is_digit[None, :]
    either = signs.is_digit[:, None] | signs.is_digit[None, :]
    digits = np.where(signs.is_digit, signs.height, 0)
    larger = np.maximum(digits[:, None], digits[None, :])  # a separator is measured by its digit
    smaller = np.minimum(signs.height[:, None], signs.height[None, :])
    gap = signs.left[None, :] - signs.right[:, None]
    ahead = (signs.left + signs.right)[None, :] > (signs.left + signs.right)[:, None]
    near = ahead & (gap < _GAP * larger) & (gap > -larger)
    off = np.abs(signs.middle[None, :] - signs.middle[:, None])
    alike = both & (off < step * larger) & (larger < _RATIO * smaller)
    beside = near & ~both & either & (off < 0.85 * larger)
    beside &= larger < _RATIO * _smallest(beside | beside.T, signs)
    return np.asarray(near & alike | beside)


def _smallest(beside: NDArray[np.bool_], signs: _Signs) -> Floats:
    """Return the height of the smallest digit beside each pair's separator: it joins no others."""
    heights = np.where(beside & signs.is_digit[None, :], signs.height[None, :], np.inf)
    least = np.where(signs.is_digit, np.inf, heights.min(axis=1))
    return np.minimum(least[:, None], least[None, :])


def _tilt(signs: _Signs, links: NDArray[np.bool_]) -> float:
    """Return by how much the rows fall a pixel, from each digit to the next of its number."""
    pairs = links & signs.is_digit[:, None] & signs.is_digit[None, :]
    x = (signs.left + signs.right) / 2
    away = np.where(pairs, x[None, :] - x[:, None], np.inf)
    nearest = away.argmin(axis=1)
    distance = away[np.arange(len(x)), nearest]
    some = np.isfinite(distance) & (distance > 0.3 * signs.height)
    if np.count_nonzero(some) < 3:
        return 0.0
    slopes = (signs.middle[nearest] - signs.middle)[some] / distance[some]
    return float(np.clip(np.median(slopes), -_STEEPEST, _STEEPEST))


def _joined(links: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Return the groups of what is linked, directly or through others."""
    group = np.arange(len(links))
    for before, after in np.argwhere(links):
        if group[before] != group[after]:
            group[group == group[after]] = group[before]
    return [np.flatnonzero(group == each) for each in np.unique(group)]


def _in_order(groups: list[NDArray[np.intp]], signs: _Signs) -> list[NDArray[np.intp]]:
    """Put numbers in reading order: by rows, and in a row from left to right."""
    places = []
    for group in groups:
        digits = group[signs.is_digit[group]]
        places.append((np.median(signs.middle[digits]), np.median(signs.height[digits])))
    order = sorted(range(len(groups)), key=lambda index: places[index][0])
    rows: list[list[int]] = []
    for index in order:
        middle, height = places[index]
        if rows and middle - places[rows[-1][0]][0] < _SHARED * height:
            rows[-1].append(index)
        else:
            rows.append([index])
    for row in rows:
        row.sort(key=lambda index: signs.left[groups[index]].min())
    return [groups[index] for row in rows for index in row]


def _surest_first(number: Number) -> float:
    return -float(number.rough.presence.max())


def _number(rough: Found) -> Number:
    digits = rough.boxes[rough.is_digit]
    height = max(1.0, float(np.median(digits[:, 3] - digits[:, 1])))
    low, high = rough.boxes[:, :2].min(axis=0), rough.boxes[:, 2:].max(axis=0)
    corners = (np.concatenate([low, high]) + around(height)).round().astype(int)
    left, top, right, bottom = corners.tolist()
    return Number(rough, height, (max(0, left), max(0, top), right, bottom))

"""Ruled lines between the signs of a page: numbers on both sides of a column's line are two.

Pure NumPy and OpenCV.
"""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.maps import Floats
from inkread.picture import Grey

_LEAST_GAP = 0.2  # heights of a digit between two signs: in less no line is looked for
_BEYOND = (0.4, 1.2)  # heights above and below both, from and to which the line goes on
_FINE_PX = 50  # height of a digit that is looked at, at most
_ROWS = 12  # that each part of a page is looked at in
_LEANS_PX = 5  # that a line in one of them may lean over
_DARKER = 4.0  # grey levels of a line at least
_CLEAR = 4.0  # times as much as places of the part differ otherwise
_WIDEST = 0.25  # heights of a line
_ASIDE = 0.2  # heights by which a line may lean from the row to what is above and below
_BENT = 0.08  # heights by which it may be none that is straight


def parted(grey: Grey, boxes: Floats) -> NDArray[np.bool_]:
    """Tell between which signs of a number a line runs that goes on above and below them.

    Where every one of several gaps has a line they are the boxes of a form, with a digit in each,
    and none parts.

    Args:
        grey: the page, dark ink on light paper.
        boxes: of the number's signs, shape (count, 4): left, top, right and bottom, px, from left
            to right.

    Returns:
        Shape (count - 1,).
    """
    height = max(float(np.median(boxes[:, 3] - boxes[:, 1])), 1.0)
    factor = min(1.0, _FINE_PX / height)
    lines = [
        _is_line_between(grey, before, after, height, factor) for before, after in pairwise(boxes)
    ]
    is_comb = len(lines) > 1 and all(lines)
    return np.array(lines, np.bool_) & (not is_comb)


def _is_line_between(
    grey: Grey, before: Floats, after: Floats, height: float, factor: float
) -> bool:
    left, right = float(before[2]), float(after[0])
    if right - left < _LEAST_GAP * height:
        return False
    top, bottom = float(min(before[1], after[1])), float(max(before[3], after[3]))
    near, far = (each * height for each in _BEYOND)
    reach = _ASIDE * height
    within = _lines(grey, (left, top, right, bottom), factor)
    if not len(within):
        return False
    above, below = (
        _lines(grey, (left - reach, start, right + reach, end), factor)
        for start, end in ((top - far, top - near), (bottom + near, bottom + far))
    )
    steps = np.stack(np.broadcast_arrays(above[:, None] - within, within - below[:, None, None]))
    leans = np.abs(steps).max(axis=0) < _ASIDE * height
    return bool((leans & (np.abs(steps[0] - steps[1]) < _BENT * height)).any())


def _lines(grey: Grey, part: tuple[float, float, float, float], factor: float) -> Floats:
    """Return where upright lines run through a part of a page, shape (count,), px of the page."""
    left, top, right, bottom = (round(each) for each in part)
    seen = grey[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    columns = round(seen.shape[1] * factor)
    if seen.shape[0] < _ROWS / 2 or columns < _LEANS_PX:
        return np.zeros(0, np.float32)
    small = cv2.resize(seen, (columns, _ROWS), interpolation=cv2.INTER_AREA)
    dark = -np.median(cv2.erode(small, np.ones((1, _LEANS_PX), np.uint8)), axis=0)
    dark -= np.median(dark)
    least = max(_DARKER, _CLEAR * float(np.median(np.abs(dark))))
    ends = np.flatnonzero(np.diff(dark > least, prepend=False, append=False)).reshape(-1, 2)
    narrow = ends[:, 1] - ends[:, 0] < _WIDEST * _FINE_PX + _LEANS_PX
    return np.asarray(ends[narrow].mean(axis=1) / factor + max(left, 0), np.float32)

"""What stands around the numbers of a page: amid letters, a digit is more likely one of them.

Pure NumPy and OpenCV.
"""

import numpy as np
from numpy.typing import NDArray

from inkread.glance import Glance
from inkread.maps import DIGIT_PX, Floats
from inkread.marks import LOW, TALL, outside

_REACH = (12.0, 6.0)  # heights of a number's digits beside it, and above and below
_ROW = 0.7  # heights above and below a number in which marks stand beside it
_FAR = 3.0  # heights from which on the next letter is no nearer than none


def letters_around(page: Glance, boxes: Floats, groups: list[NDArray[np.intp]]) -> Floats:
    """Tell what marks around each number of a page may be letters.

    Those are about as high as its signs, and of no number.

    Args:
        page: as it was glanced at.
        boxes: of all signs, shape (count, 4): left, top, right and bottom, px of the page.
        groups: of each number, the places of its signs.

    Returns:
        Shape (len(groups), 2): how many there are; and how far the next of its row is to the right
        of it, 0–3 of its height: a label stands before its number, and text goes on.
    """
    told = np.zeros((len(groups), 2), np.float32)
    if not groups:
        return told
    sizes = np.array([each.factor for each in page.views])
    signs = boxes[np.concatenate(groups)]
    marks: dict[int, Floats] = {}
    for row, group in zip(told, groups, strict=True):
        own = boxes[group]
        height = max(float(np.median(own[:, 3] - own[:, 1])), 1.0)
        nearest = int(np.abs(np.log(sizes * height / DIGIT_PX)).argmin())
        if nearest not in marks:
            view = page.views[nearest]
            factor = np.float32(view.factor)
            marks[nearest] = outside(view.grey, signs * factor) / factor
        row[:] = _near(marks[nearest], own, height)
    return told


def _near(marks: Floats, own: Floats, height: float) -> tuple[int, float]:
    """Tell what `letters_around` does of a number whose digits are so high, px."""
    tall = marks[:, 3] - marks[:, 1]
    alike = marks[(tall > LOW * height) & (tall < TALL * height)]
    middles = (alike[:, :2] + alike[:, 2:]) / 2
    low, high = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
    away = np.maximum(np.maximum(low - middles, middles - high), 0) / height
    around = (away < _REACH).all(axis=1)
    behind = (middles[:, 0] > high[0]) & (away[:, 1] < _ROW)
    gaps = (alike[behind, 0] - high[0]) / height
    return int(np.count_nonzero(around)), float(np.clip(gaps.min(initial=_FAR), 0, _FAR))

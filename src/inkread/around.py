"""What stands around the numbers of a page: amid letters, a digit is more likely one of them.

Pure NumPy and OpenCV.
"""

import numpy as np
from numpy.typing import NDArray

from inkread.glance import Glance
from inkread.maps import DIGIT_PX, Floats
from inkread.marks import LOW, TALL, outside

_REACH = (6.0, 3.0)  # heights of a number's digits beside it, and above and below
_MOST = 30  # more tell no more


def letters_around(page: Glance, boxes: Floats, groups: list[NDArray[np.intp]]) -> Floats:
    """Count the marks around each number of a page that may be letters.

    Those are about as high as its signs, and of no number.

    Args:
        page: as it was glanced at.
        boxes: of all signs, shape (count, 4): left, top, right and bottom, px of the page.
        groups: of each number, the places of its signs.

    Returns:
        Shape (len(groups),), 0–30.
    """
    if not groups:
        return np.zeros(0, np.float32)
    sizes = np.array([each.factor for each in page.views])
    signs = boxes[np.concatenate(groups)]
    marks: dict[int, Floats] = {}
    counts = []
    for group in groups:
        own = boxes[group]
        height = max(float(np.median(own[:, 3] - own[:, 1])), 1.0)
        nearest = int(np.abs(np.log(sizes * height / DIGIT_PX)).argmin())
        if nearest not in marks:
            view = page.views[nearest]
            factor = np.float32(view.factor)
            marks[nearest] = outside(view.grey, signs * factor) / factor
        counts.append(_near(marks[nearest], own, height))
    return np.array(counts, np.float32)


def _near(marks: Floats, own: Floats, height: float) -> int:
    """Count the marks around a number that are about as high as its digits, px."""
    reach = height * np.array(_REACH, np.float32)
    middles, tall = (marks[:, :2] + marks[:, 2:]) / 2, marks[:, 3] - marks[:, 1]
    low, high = own[:, :2].min(axis=0) - reach, own[:, 2:].max(axis=0) + reach
    inside = ((middles > low) & (middles < high)).all(axis=1)
    alike = (tall > LOW * height) & (tall < TALL * height)
    return min(int(np.count_nonzero(inside & alike)), _MOST)

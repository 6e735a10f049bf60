"""How dark the ink of signs is beside that of others: what shows through from the back is faint.

Pure NumPy and OpenCV.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.maps import DIGIT_PX, Floats
from inkread.picture import Grey

_ROOM = 0.15  # of a sign's sides, around it, that tells how light its paper is
_PAPER, _INK = 80, 8  # per cent of what is darker than paper, and than ink
_DARK = 75  # per cent of the sure signs that are no darker than what others are measured by
_ALIKE = 0.6  # of those: hands press harder on one digit than on the next
_LEAST = 1.0  # grey levels
_FAINTEST = -2.0  # logarithm of a share


def faintness(grey: Grey, boxes: Floats, sure: NDArray[np.bool_]) -> Floats:
    """Return how much fainter signs are than the darker ones of a page, shape (count,), −2–0.

    Args:
        grey: the page, dark ink on light paper.
        boxes: of its signs, shape (count, 4): left, top, right and bottom, px.
        sure: of which of them it is sure that they are signs, shape (count,).

    Returns:
        Logarithms of the share of 0.6 of their darkness; 0 of what has more, or where none is sure.
    """
    dark = np.array([_depth(grey, each) for each in boxes], np.float32)
    if not sure.any():
        return np.zeros(len(boxes), np.float32)
    share = dark / np.float32(_ALIKE * np.percentile(dark[sure], _DARK))
    return np.asarray(np.clip(np.log(share), _FAINTEST, 0), np.float32)


def _depth(grey: Grey, box: Floats) -> float:
    """Return how much darker than its paper a sign's ink is, grey levels."""
    room = (box[2:] - box[:2]) * _ROOM
    left, top = np.maximum(box[:2] - room, 0).astype(int).tolist()
    right, bottom = np.ceil(box[2:] + room).astype(int).tolist()
    seen = grey[top : max(bottom, 0), left : max(right, 0)]
    if not seen.size:
        return _LEAST
    factor = min(1.0, DIGIT_PX / max(seen.shape[0], 1))
    size = tuple(max(1, round(side * factor)) for side in seen.shape[::-1])
    small = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    ink, paper = np.percentile(small, (_INK, _PAPER))
    return max(float(paper - ink), _LEAST)

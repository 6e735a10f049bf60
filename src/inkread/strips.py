"""A number on a page → a straight strip of it, for the network that reads it as a whole.

Training cuts strips with the same function. Pure NumPy and OpenCV.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.maps import DIGIT_PX, PAPER, Floats, evened
from inkread.picture import Grey

STRIP_PX = 48  # height of a strip
STEP_PX = 2  # from one answer of the network to the next
_DIGIT_PX = 30  # height of a digit in a strip
_BESIDE = 0.9  # heights of paper left and right of the number: a digit may have been overlooked
_MARGIN = (1.5, 0.6)  # heights around a number, beside and above, whose light is evened out
_SHORT = 1.5  # heights: of a number not much longer than that, the tilt is uncertain
_STEEPEST = np.tan(np.deg2rad(20))
_WIDTHS_PX = 8  # widths are multiples of this
_LONGEST = 40.0  # heights: what is longer is no number


def strip(grey: Grey, boxes: Floats, noise: float) -> tuple[Grey, Floats] | None:
    """Cut a number out, level, its digits 30 px high.

    Args:
        grey: the page, shape (height, width), dark ink on light paper.
        boxes: of the number's digits, shape (count, 4): left, top, right and bottom, px.
        noise: grey levels, as `maps.polarity` gives them.

    Returns:
        The strip, normalised, shape (48, width), and the affine matrix, shape (2, 3), that takes
        places of the page to those of the strip; None where the boxes are too far from each other,
        or off the page.
    """
    height = max(1.0, float(np.median(boxes[:, 3] - boxes[:, 1])))
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    if high[0] - low[0] > _LONGEST * height:
        return None
    around = np.array(_MARGIN) * height
    left, top = np.maximum(low - around, 0).astype(int).tolist()
    right, bottom = np.ceil(high + around).astype(int).tolist()
    factor = DIGIT_PX / height
    part = grey[top:bottom, left:right]
    if not part.size:
        return None
    page = evened(part, factor, noise)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    centre, tilt = middles.mean(axis=0), _tilt(middles, height)
    zoom = _DIGIT_PX / height
    matrix = np.array([[zoom, 0.0, 0.0], [-zoom * tilt, zoom, 0.0]])
    start = low[0] - _BESIDE * height
    matrix[:, 2] = -matrix @ (start, centre[1] + tilt * (start - centre[0]), 0)
    matrix[1, 2] += STRIP_PX / 2
    width = round((high[0] - low[0] + 2 * _BESIDE * height) * zoom)
    size = (width + -width % _WIDTHS_PX, STRIP_PX)
    from_page = matrix.copy()
    from_page[:, :2] /= factor  # the page that was evened out is a part of it, scaled
    from_page[:, 2] += matrix[:, :2] @ (left, top)
    cut = cv2.warpAffine(page, from_page, size, flags=cv2.INTER_LINEAR, borderValue=PAPER)
    return np.asarray(cut, np.uint8), matrix.astype(np.float32)


def _tilt(middles: NDArray[np.floating], height: float) -> float:
    """Return by how much a number falls, px a pixel; of few digits next to nothing is said."""
    x, y = (middles - middles.mean(axis=0)).T
    slope = float((x * y).sum() / ((x * x).sum() + (_SHORT * height) ** 2))
    return float(np.clip(slope, -_STEEPEST, _STEEPEST))

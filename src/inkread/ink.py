"""A grey array → the 28×28 ink that the network reads, framed as MNIST frames it.

Training frames with the same functions. Pure NumPy and OpenCV.
"""

import math
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.errors import BlankPicture

Ink: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.uint8]  # 1 where something is, 0 elsewhere

CANVAS_PX = 28
DIGIT_PX = 20
CENTRE_PX = 14
FAINT = 0.08  # ink below this does not count for the bounding box of a scaled digit
# How the versions of an ink differ, the most useful first: degrees turned, zoom.
_VERSIONS = ((0, 1), (6, 1), (-6, 1), (0, 1.08), (0, 0.92))
MOST_VERSIONS = len(_VERSIONS)
_PLACES = np.arange(CANVAS_PX, dtype=np.float64)


def frame(ink: Ink) -> Ink:
    """Frame a digit as MNIST does: longer side 20 px, centre of mass on pixel (14, 14).

    Args:
        ink: shape (height, width); 0 is paper, 1 is full ink.

    Returns:
        Shape (28, 28), float32, 0–1. A digit whose longer side is 20 px keeps its values.

    Raises:
        BlankPicture: no pixel holds ink.

    Source:
        LeCun, Cortes & Burges, "The MNIST database of handwritten digits". Rounding half a
        pixel down gives back 59,986 of the 59,987 training pictures with a longer side of 20 px.
    """
    faint = 0.0 if max(ink.shape) <= CANVAS_PX else FAINT
    return centre(scale(crop(ink, faint)))


def crop(ink: Ink, faint: float = 0.0) -> Ink:
    """Cut the ink out at the bounding box of all that is darker than `faint`.

    Raises:
        BlankPicture: nothing is.
    """
    return ink[bounds((ink > faint).view(np.uint8))]


def bounds(mask: Mask) -> tuple[slice, slice]:
    """Return the rows and the columns of the bounding box of all that is in a mask.

    Raises:
        BlankPicture: nothing is.
    """
    left, top, width, height = cv2.boundingRect(mask)
    if not width:
        raise BlankPicture("the picture has no ink")
    return slice(top, top + height), slice(left, left + width)


def scale(ink: Ink) -> Ink:
    """Scale a cropped digit, antialiased, so that its longer side is 20 px."""
    height, width = ink.shape
    longer = max(height, width)
    if longer == DIGIT_PX:
        return ink
    size = (max(1, round(width * DIGIT_PX / longer)), max(1, round(height * DIGIT_PX / longer)))
    how = cv2.INTER_AREA if longer > DIGIT_PX else cv2.INTER_CUBIC
    return np.clip(cv2.resize(ink, size, interpolation=how), 0, 1)


def centre(ink: Ink) -> Ink:
    """Place a scaled digit on the canvas so that its mass centres on pixel (14, 14).

    A digit so lopsided that it would stick out is moved back until it fits.
    """
    height, width = ink.shape
    top = _offset(ink.sum(axis=1, dtype=np.float64))
    left = _offset(ink.sum(axis=0, dtype=np.float64))
    canvas = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
    canvas[top : top + height, left : left + width] = ink
    return canvas


def moved(inks: Ink, version: int) -> Ink:
    """Turn and zoom framed inks a little, in one of several ways.

    Args:
        inks: shape (count, 28, 28).
        version: 0 leaves them as they are; up to 4.

    Returns:
        Shape (count, 28, 28), float32, 0–1.
    """
    degrees, zoom = _VERSIONS[version]
    middle = (CANVAS_PX - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), degrees, zoom)
    return np.stack([cv2.warpAffine(each, matrix, (CANVAS_PX, CANVAS_PX)) for each in inks])


def _offset(masses: NDArray[np.float64]) -> int:
    """Return where rows or columns of these masses begin on the canvas."""
    length = len(masses)
    centre_of_mass = float(masses @ _PLACES[:length] / masses.sum())
    # The tolerance keeps float sums from turning MNIST's exact halves the other way.
    offset = math.ceil(CENTRE_PX - 0.5 - centre_of_mass - 1e-6)
    return min(max(offset, 0), CANVAS_PX - length)

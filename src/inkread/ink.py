"""A grey array → the 28×28 ink that the network reads, framed as MNIST frames it.

Training frames with the same functions. Pure NumPy and OpenCV.
"""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.errors import BlankPicture

Ink: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.uint8]  # 1 where something is, 0 elsewhere
Numbers: TypeAlias = NDArray[np.float64]

CANVAS_PX = 28
DIGIT_PX = 20
CENTRE_PX = 14
BRIGHT = 192  # of 255: ink that somewhere is so bright keeps its exact values, as MNIST's must
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


def framed_already(greys: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which pictures are ink as it is, bright on black and framed already: most of MNIST.

    Args:
        greys: shape (count, 28, 28).

    Returns:
        Shape (count,). Of those told, extracting and framing the ink would change nothing.
    """
    on_black = np.count_nonzero(greys == 0, axis=(1, 2)) >= 0.75 * CANVAS_PX**2
    bright = greys.max(axis=(1, 2)) >= BRIGHT
    down, across = (greys.sum(axis=axis, dtype=np.float64) for axis in (2, 1))
    longer = np.maximum(_extents(down), _extents(across))
    with np.errstate(invalid="ignore"):  # a blank picture has no centre
        in_place = (_shifts(down) == 0) & (_shifts(across) == 0)
    return np.asarray(on_black & bright & in_place & (longer == DIGIT_PX))


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


def _offset(masses: Numbers) -> int:
    """Return where rows or columns of these masses begin on the canvas."""
    return min(max(int(_shifts(masses)), 0), CANVAS_PX - len(masses))


def _shifts(masses: Numbers) -> Numbers:
    """Return by how many pixels to move rows or columns, so that their mass centres on 14."""
    centres = masses @ _PLACES[: masses.shape[-1]] / masses.sum(axis=-1)
    # The tolerance keeps float sums from turning MNIST's exact halves the other way.
    return np.asarray(np.ceil(CENTRE_PX - 0.5 - centres - 1e-6))


def _extents(masses: Numbers) -> NDArray[np.intp]:
    """Return how far it is from the first to the last that has mass, px."""
    inked = masses > 0
    return np.asarray(CANVAS_PX - inked.argmax(axis=1) - inked[:, ::-1].argmax(axis=1))

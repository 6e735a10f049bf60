"""The ink on photographed or scanned paper: polarity, the paper's shade, and what is darker."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.errors import BlankPicture
from inkread.ink import Ink
from inkread.paper.sheet import masked_blur, without_table
from inkread.picture import Grey, bounded

LONGEST_SIDE_PX = 640  # a photo of a single digit holds nothing finer that the network could see
SHADE_SIDE_PX = 96  # paper and light change slowly


def ink_of_photo(grey: Grey) -> Ink:
    """Separate ink from textured, unevenly lit paper.

    The paper's shade is found at every pixel, and ink is what is darker than it by more than the
    grain.

    Args:
        grey: shape (height, width), uint8, either polarity.

    Returns:
        Shape (height, width), at most 640 px a side; float32, 0 is paper, 1 is full ink.

    Raises:
        BlankPicture: nothing is darker than the grain.
    """
    grey = without_table(bounded(grey, LONGEST_SIDE_PX))
    if _is_light_on_dark(grey):
        grey = 255 - grey
    smooth = np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.8), np.float32)
    paper = _paper_shade(grey)
    darkness, low, high = _darkness(smooth, paper)
    # Around the ink that is found so, a soft shadow can be told from paper.
    paper = np.minimum(paper, _shade_around(grey, darkness > (low + high) / 2))
    darkness, low, high = _darkness(smooth, paper)
    return np.asarray(np.clip((darkness - low) / (high - low), 0, 1), dtype=np.float32)


def _darkness(smooth: Ink, paper: Ink) -> tuple[Ink, float, float]:
    """Return how much darker than paper each pixel is, and where ink begins and is full."""
    darkness = (paper - smooth) / np.maximum(paper, 96)
    light, middle, dark = np.percentile(darkness, (10, 50, 99.9))
    grain = (middle - light) / 1.28  # from the side to which no ink stands out
    strongest = dark - middle
    if strongest < max(7 * grain, 0.06):
        raise BlankPicture("the picture has no ink")
    low = middle + max(3 * grain, 0.25 * strongest)
    high = middle + max(4 * grain, 0.75 * strongest)
    return np.asarray(darkness, dtype=np.float32), float(low), float(high)


def _shade_around(grey: Grey, ink: NDArray[np.bool_]) -> Ink:
    """Estimate the paper's shade at every pixel from the pixels nearby that are no ink."""
    small = bounded(grey, SHADE_SIDE_PX)
    covered = bounded(ink.astype(np.uint8) * 255, SHADE_SIDE_PX) > 32
    free = 1 - cv2.dilate(covered.astype(np.uint8), np.ones((3, 3), np.uint8))
    shade = masked_blur(small.astype(np.float32), np.asarray(free, dtype=np.uint8), 4)
    height, width = grey.shape
    return np.asarray(cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR))


def _is_light_on_dark(grey: Grey) -> bool:
    """Tell the polarity: most of a neighbourhood is paper, and ink stands out to one side of it.

    A median keeps the edge of a shadow, so a shadow stands out to neither.
    """
    small = bounded(grey, SHADE_SIDE_PX)
    asymmetry = 0.0
    for share in (0.15, 0.25, 0.5):
        window = max(3, round(share * max(small.shape)) | 1)
        cubes = (small.astype(np.float32) - cv2.medianBlur(small, window)) ** 3
        asymmetry += float(cubes.sum() / (np.abs(cubes).sum() + 1))
    return asymmetry > 0


def _paper_shade(grey: Grey) -> Ink:
    """Estimate the paper's shade at every pixel, by a closing wider than any stroke."""
    small = cv2.medianBlur(bounded(grey, SHADE_SIDE_PX), 3)
    width = max(3, round(0.35 * max(small.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    # Going on beyond the rim at the same slope keeps the closing from lifting a dark corner.
    margin = [(min(width, side - 1),) * 2 for side in small.shape]
    wide = np.pad(small.astype(np.float32), margin, mode="reflect", reflect_type="odd")
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel)
    # Beside the edge of a shadow the darker shade holds, or the edge itself would become ink.
    darker = cv2.GaussianBlur(cv2.erode(closed, np.ones((3, 3), np.uint8)), (0, 0), 1)
    inner = darker[margin[0][0] :, margin[1][0] :][: small.shape[0], : small.shape[1]]
    height, width = grey.shape
    return np.asarray(cv2.resize(inner, (width, height), interpolation=cv2.INTER_LINEAR))

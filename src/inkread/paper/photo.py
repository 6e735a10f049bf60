"""The ink on photographed or scanned paper: polarity, the paper's shade, and what is darker."""

import cv2
import numpy as np

from inkread.errors import BlankPicture
from inkread.ink import Ink, Mask
from inkread.paper.sheet import masked_blur, without_table
from inkread.picture import Grey, bounded

LONGEST_SIDE_PX = 640  # a photo of a single digit holds nothing finer that the network could see
SHADE_SIDE_PX = 96  # paper and light change slowly
WIDEST_STROKE = 0.35  # of the picture's longer side
SOFT_EDGE = 0.015  # of the picture's longer side: no stroke fades to paper over a longer way


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
    small = bounded(grey, SHADE_SIDE_PX)
    paper = _enlarged(_closed(small, WIDEST_STROKE), grey.shape)
    for _ in range(3):
        ink = _sharp_parts(*_darkness(smooth, paper))
        # Once the strokes are known, the paper beside them tells more of the light on them.
        stroke = 2 * cv2.distanceTransform(ink, cv2.DIST_L2, 3).max() / max(ink.shape)
        widest = min(1.3 * stroke + 0.08, WIDEST_STROKE)
        for shade in (_closed(small, widest), _shade_around(small, ink)):
            paper = np.minimum(paper, _enlarged(shade, grey.shape))
    darkness, low, high = _darkness(smooth, paper)
    return np.asarray(np.clip((darkness - low) / (high - low), 0, 1), dtype=np.float32)


def _sharp_parts(darkness: Ink, low: float, high: float) -> Mask:
    """Return 1 where there is ink for sure: dark parts with an edge, which soft shadows lack."""
    even = cv2.GaussianBlur(darkness, (0, 0), 1.5)
    dark = (even > (low + high) / 2).astype(np.uint8)
    inner = np.asarray(cv2.erode(dark, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    edge = dark & (1 - inner)
    across, down = (cv2.Sobel(even, cv2.CV_32F, x, 1 - x, scale=1 / 8) for x in (1, 0))
    steepness = np.asarray(cv2.magnitude(across, down), dtype=np.float32)
    widest = max(8, SOFT_EDGE * max(darkness.shape))
    grain = 5 * float(np.percentile(_sample(steepness), 20))
    steep = (steepness > max((high - low) / widest, grain)).astype(np.uint8) & dark
    count, found = cv2.connectedComponents(dark, connectivity=8)
    labels = np.asarray(found, dtype=np.int32)
    edge_px = np.bincount(labels[edge > 0], minlength=count)
    steep_px = np.bincount(labels[(edge & steep) > 0], minlength=count)
    sharp = steep_px > 0.5 * edge_px
    sharp[0] = False
    # Of a shadow with a stroke in it, the stroke.
    reach = round(0.025 * max(darkness.shape)) | 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    beside = dark & np.asarray(cv2.dilate(steep, brush), dtype=np.uint8)
    return sharp.take(labels).view(np.uint8) | beside


def _darkness(smooth: Ink, paper: Ink) -> tuple[Ink, float, float]:
    """Return how much darker than paper each pixel is, and where ink begins and is full."""
    darkness = np.asarray((paper - smooth) / np.maximum(paper, 96), dtype=np.float32)
    light, middle, dark = np.percentile(_sample(darkness), (10, 50, 99.9))
    grain = (middle - light) / 1.28  # from the side to which no ink stands out
    strongest = dark - middle
    if strongest < max(7 * grain, 0.06):
        raise BlankPicture("the picture has no ink")
    low = middle + max(3 * grain, 0.25 * strongest)
    high = middle + max(4 * grain, 0.75 * strongest)
    return darkness, float(low), float(high)


def _sample(values: Ink) -> Ink:
    """Return every second or third pixel of a large picture: enough for its percentiles.

    They come sorted: NumPy sorts and then finds percentiles in a fifth of the time.
    """
    step = 1 + max(values.shape) // 320
    return np.sort(values[::step, ::step], axis=None)


def _shade_around(small: Grey, ink: Mask) -> Ink:
    """Estimate the paper's shade at every pixel from the pixels nearby that are no ink.

    Args:
        small: the picture, at most 96 px a side.
        ink: 1 where there is ink, at the picture's own size.
    """
    covered = (bounded(ink * 255, SHADE_SIDE_PX) > 32).astype(np.uint8)
    free = 1 - np.asarray(cv2.dilate(covered, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    return masked_blur(small.astype(np.float32), free, 4)


def _is_light_on_dark(grey: Grey) -> bool:
    """Tell the polarity: most of a neighbourhood is paper, and ink stands out to one side of it.

    A median keeps the edge of a shadow, so a shadow stands out to neither.
    """
    small = bounded(grey, SHADE_SIDE_PX)
    asymmetry = 0.0
    for share in (0.15, 0.25, 0.5):
        window = max(3, round(share * max(small.shape)) | 1)
        differences = small.astype(np.float32) - cv2.medianBlur(small, window)
        cubes = differences * differences * differences
        asymmetry += float(cubes.sum() / (np.abs(cubes).sum() + 1))
    return asymmetry > 0


def _closed(small: Grey, stroke: float) -> Ink:
    """Estimate the paper's shade at every pixel, by a closing wider than the strokes.

    Args:
        small: dark ink on light paper, at most 96 px a side.
        stroke: the widest stroke, as a share of the longer side.
    """
    small = np.asarray(cv2.medianBlur(small, 3), dtype=np.uint8)
    width = max(3, round(stroke * max(small.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    # Going on beyond the rim at the same slope keeps the closing from lifting a dark corner.
    margin = [(min(width, side - 1),) * 2 for side in small.shape]
    wide = np.pad(small.astype(np.float32), margin, mode="reflect", reflect_type="odd")
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel)
    # Beside the edge of a shadow the darker shade holds, or the edge itself would become ink.
    darker = cv2.GaussianBlur(cv2.erode(closed, np.ones((3, 3), np.uint8)), (0, 0), 1)
    inner = darker[margin[0][0] :, margin[1][0] :][: small.shape[0], : small.shape[1]]
    return np.asarray(inner, dtype=np.float32)


def _enlarged(small: Ink, shape: tuple[int, ...]) -> Ink:
    height, width = shape
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))

"""What the page network is shown and what it answers: even light in, maps out, signs in the maps.

Training normalises with the same functions. Pure NumPy and OpenCV.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.ink import CANVAS_PX, Ink
from inkread.ink import DIGIT_PX as DIGIT_PX_IN_CROP
from inkread.picture import Grey

Floats: TypeAlias = NDArray[np.float32]

SIGNS = "0123456789.,-"
_SEPARATORS = SIGNS.index(".")  # from there on
STRIDES_PX = (4, 2)  # down and across, from one cell of the network's maps to the next
SIDE_PX = 8  # sides of a page that the network takes are multiples of this
DIGIT_PX = 34  # height of a digit that the network reads best
MOST_SIGNS = 1_000  # on a page; there are more in noise alone
_MOST_SEEN = 2_500  # of those that are no noise: fifty rows of eight amounts
SEEN = 0.36  # presence of such a sign; signs are looked at closely from 0.3 on
_AT_ONCE = 500  # boxes that are compared with all others at a time
NEAR_PX = 65  # window that says how dark the paper is
_AROUND_PX = 97  # window that says how strong the ink is
PAPER = 51  # what paper becomes, of 255
NOISE = 3.0  # grey levels
_PART = 0.6  # of the height of what is no sign of its own: digits that are smaller make it up
_SEVERAL = 2  # of them at least
_FAINT = 0.08  # of the strongest ink of a page: weaker marks are taken for noise
_GRAIN = 6.0  # standard deviations of a picture's grain: weaker marks are taken for it
_SECOND_DIFFERENCES = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_MEASURED_PX = 200_000  # of which the grain is measured, at most
_FAINTEST = 0.2  # ink of a sign, 0–1: what is fainter is not made as strong as other signs
_AROUND = 3.2  # px of a page a cell of what is shown around a sign


def normalised(grey: Grey, noise: float = NOISE) -> Grey:
    """Even out light and contrast: what is darker than its surroundings becomes light.

    Args:
        grey: shape (height, width), dark ink on light paper, digits about DIGIT_PX high.
        noise: grey levels; marks weaker than this are not made stronger.

    Returns:
        The same shape; paper is about 50, ink up to 255.
    """
    values = grey.astype(np.float32)
    darker = cv2.blur(values, (NEAR_PX, NEAR_PX), borderType=cv2.BORDER_REFLECT_101) - values
    squares = cv2.blur(darker * darker, (_AROUND_PX,) * 2, borderType=cv2.BORDER_REFLECT_101)
    darker /= np.sqrt(np.maximum(squares, 0)) + np.float32(noise)
    return np.asarray(np.clip(darker * PAPER + PAPER, 0, 255), np.uint8)


class Found(NamedTuple):
    """Signs found on a page, the surest first.

    Attributes:
        boxes: shape (count, 4), float32: left, top, right and bottom, px.
        presence: shape (count,), 0–1: how sure it is that a sign stands there.
        signs: shape (count, 13), logits of each of `SIGNS`.
    """

    boxes: Floats
    presence: Floats
    signs: Floats

    @property
    def is_digit(self) -> NDArray[np.bool_]:
        """Whether each is a digit rather than a separator, shape (count,)."""
        return np.asarray(self.signs.argmax(axis=1) < _SEPARATORS)

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> "Found":
        """Return some of them."""
        return Found(self.boxes[which], self.presence[which], self.signs[which])


def together(parts: Sequence[Found]) -> Found:
    """Return the signs of several looks at a page, one after the other."""
    none = Found(*(np.zeros((0, *more), np.float32) for more in ((4,), (), (len(SIGNS),))))
    return Found(*(np.concatenate(each) for each in zip(none, *parts, strict=True)))


def surest(every: Found, most: float = 0.6) -> NDArray[np.intp]:
    """Return which signs to keep, the surest first, so that no two share more than `most`, IoU."""
    seen = min(np.count_nonzero(every.presence >= SEEN), _MOST_SEEN)
    order = np.argsort(-every.presence, kind="stable")[: max(MOST_SIGNS, seen)]
    return np.asarray(order[apart(every.boxes[order], most)], np.intp)


def heaps(every: Found) -> NDArray[np.bool_]:
    """Tell which signs are several others seen as one: surer digits, far smaller, lie in them."""
    low, high = every.boxes[:, :2], every.boxes[:, 2:]
    middles, heights = (low + high) / 2, high[:, 1] - low[:, 1]
    inside = ((middles[None] > low[:, None]) & (middles[None] < high[:, None])).all(axis=2)
    smaller = heights[None] < _PART * heights[:, None]
    surer = every.presence[None] > every.presence[:, None]
    parts = inside & smaller & surer & every.is_digit[None]
    return np.asarray(np.count_nonzero(parts, axis=1) >= _SEVERAL)


def found(maps: Floats, least: float) -> Found:
    """Return the signs that the network's maps show.

    Args:
        maps: shape (19, height, width): logits of the heat of digits and of separators, of the
            13 signs, and the box around each cell.
        least: presence, 0–1, under which a sign does not count.
    """
    heat = 1 / (1 + np.exp(-maps[:2]))
    strongest = heat.max(axis=0)
    peaks = (strongest >= cv2.dilate(strongest, np.ones((3, 3), np.uint8))) & (strongest >= least)
    rows, columns = np.nonzero(peaks)
    cells = maps[:, rows, columns].T
    down, across = STRIDES_PX
    middles = (np.stack([columns, rows] * 2, axis=1) + 0.5) * np.array([across, down] * 2)
    reach = cells[:, 2 + len(SIGNS) :] * DIGIT_PX * np.array([-1, -1, 1, 1])
    boxes = (middles + reach).astype(np.float32)
    every = Found(boxes, strongest[rows, columns], cells[:, 2 : 2 + len(SIGNS)])
    return every.take(surest(every))


def apart(boxes: Floats, most: float) -> NDArray[np.intp]:
    """Return which boxes to keep so that no two share more than `most` of their area, IoU.

    Args:
        boxes: shape (count, 4), the surest first.
        most: 0–1.
    """
    real = np.flatnonzero((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
    some = [boxes[real[start : start + _AT_ONCE]] for start in range(0, len(real), _AT_ONCE)]
    shares_most = [row for each in some for row in iou(each, boxes[real]) > most]
    left = np.ones(len(real), np.bool_)
    for index in range(len(real)):
        if left[index]:
            left[index + 1 :] &= ~shares_most[index][index + 1 :]
    return np.asarray(real[left], np.intp)


def iou(some: Floats, others: Floats) -> Floats:
    """Return the intersection over the union of boxes, shape (len(some), len(others))."""
    wide, high = (
        np.minimum(some[:, None, axis + 2], others[None, :, axis + 2])
        - np.maximum(some[:, None, axis], others[None, :, axis])
        for axis in (0, 1)
    )
    shared = np.maximum(wide, 0) * np.maximum(high, 0)
    areas = [np.prod(each[:, 2:] - each[:, :2], axis=1) for each in (some, others)]
    return np.asarray(shared / (areas[0][:, None] + areas[1][None] - shared), np.float32)


def polarity(grey: Grey) -> tuple[bool, float]:
    """Tell whether a page has dark ink on light paper, and which marks on it are mere noise.

    Ink is rare, and far from the paper.

    Returns:
        Whether the ink is dark; and the grey levels for `normalised`.
    """
    values = zoomed(grey, min(1.0, 512 / max(grey.shape))).astype(np.float32)
    darker = cv2.blur(values, (NEAR_PX, NEAR_PX), borderType=cv2.BORDER_REFLECT_101) - values
    strongest = float(np.percentile(np.abs(darker), 99.5))
    return float((darker * darker * darker).mean()) >= 0, max(NOISE, _FAINT * strongest)


def evened(grey: Grey, factor: float, noise: float) -> Grey:
    """Scale a page, or a part of it, and even out its light and contrast.

    Args:
        grey: shape (height, width), dark ink on light paper.
        factor: that makes its digits about DIGIT_PX high.
        noise: of the page, as `polarity` gives it; where the grain is stronger, that counts.
    """
    small = grey if factor >= 1 else zoomed(grey, factor)
    noise = max(noise, _GRAIN * grain(small))  # what is enlarged looks smoother than it is
    return normalised(small if factor <= 1 else zoomed(grey, factor), noise)


def grain(grey: Grey) -> float:
    """Return the standard deviation of a picture's noise, grey levels; of edges it sees little.

    Source:
        Immerkær, "Fast noise variance estimation", 1996, with the median for the mean.
    """
    step = max(1, int((grey.size / _MEASURED_PX) ** 0.5))
    rough = cv2.filter2D(grey, cv2.CV_16S, _SECOND_DIFFERENCES)[::step, ::step]
    return float(np.median(np.abs(rough))) / (0.6745 * 6)


def zoomed(grey: Grey, factor: float) -> Grey:
    """Scale a picture; by area where it becomes smaller."""
    size = tuple(max(1, round(length * factor)) for length in grey.shape[::-1])
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=how), np.uint8)


def padded(page: Grey) -> Grey:
    """Grow a page below and to the right to sides that the network takes, by its last pixels."""
    down, right = (-length % SIDE_PX for length in page.shape)
    grown = cv2.copyMakeBorder(page, 0, down, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(grown, np.uint8)


def close_looks(page: Grey, boxes: Floats) -> Floats:
    """Cut signs out of a normalised page, each with what stands around it.

    Args:
        page: normalised, its digits about DIGIT_PX high.
        boxes: shape (count, 4): left, top, right and bottom, px.

    Returns:
        Shape (count, 3, 28, 28), float32, 0–1: the sign, the longer side of its box 20 px, its ink
        as strong as can be; the page around it, 90 px of it; and where its box lies there.
    """
    soft, softer = (
        np.asarray(cv2.GaussianBlur(page, (0, 0), each), np.uint8) for each in (0.6, 0.4 * _AROUND)
    )
    looks = np.zeros((len(boxes), 3, CANVAS_PX, CANVAS_PX), np.float32)
    for (ink, around, place), box in zip(looks, boxes, strict=True):
        half = (box[2:] - box[:2]) / 2
        middle = box[:2] + half
        sign = _cut(soft, middle, max(2 * float(half.max()), 1) / DIGIT_PX_IN_CROP)
        ink[:] = sign / max(float(sign.max()), _FAINTEST)
        around[:] = _cut(softer, middle, _AROUND)
        rows, columns = (_between(each / _AROUND) for each in half[::-1])
        place[:] = rows[:, None] * columns
    return looks


def _cut(page: Grey, middle: Floats, zoom: float) -> Ink:
    """Return the ink around a place, `zoom` px of the page a pixel, shape (28, 28), 0–1."""
    x, y = middle - 0.5 - (CANVAS_PX - 1) / 2 * zoom
    matrix = np.array([[zoom, 0, x], [0, zoom, y]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(page, matrix, (CANVAS_PX, CANVAS_PX), flags=how, borderValue=PAPER)
    return np.asarray(np.clip((cut.astype(np.float32) - PAPER) / (255 - PAPER), 0, 1))


def _between(half: float) -> Floats:
    """Return which share of each of 28 cells lies not further than `half` from their middle."""
    edges = np.clip(np.arange(CANVAS_PX + 1) - CANVAS_PX / 2, -half, half)
    return np.asarray(np.diff(edges), np.float32)

"""A grey array of a page → the signs on it: found at every size, then looked at closely."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.ink import CANVAS_PX, Ink
from inkread.lines import numbers
from inkread.maps import (
    DIGIT_PX,
    SIGNS,
    Floats,
    Found,
    crops,
    found,
    normalised,
    padded,
    polarity,
    surest,
    together,
    zoomed,
)
from inkread.picture import Grey

LEAST = 0.1  # presence under which a sign is not even an alternative
ROUGH = 0.3  # presence from which a sign is looked at closely
MOST_NUMBERS = 100
SMALLEST_PX = 12  # height of a digit
_LARGEST = 1.25  # heights of a digit that fills the picture
_LEAST_SIDE_PX = 16  # a page is not looked at smaller than that
_MOST_PX = 1_500_000  # nor enlarged to more
_INK = 140  # of 255, normalised
_MARGIN = (1.2, 0.5)  # heights beside a number, and above and below, that are looked at too
_TOLERANCE = 0.45  # of the logarithm of a digit's height over DIGIT_PX: nearer is trusted more


class Network(Protocol):
    """What looks at pages."""

    def maps(self, page: Grey) -> Floats:
        """Return the maps, shape (19, height / 4, width / 4), of a normalised page."""
        ...

    def signs(self, inks: Ink) -> Floats:
        """Return the probabilities, shape (count, 11), of the digits, or of none, in crops."""
        ...


class Signs(NamedTuple):
    """The signs of a page, with what both networks say of each.

    Attributes:
        found: with boxes in px of the page.
        inks: shape (count, 28, 28): each as it was looked at closely.
        named: shape (count, 11), 0–1: its digit, or none, from what was looked at closely.
    """

    found: Found
    inks: Ink
    named: Floats


class _Sheet(NamedTuple):
    """A page with dark ink, and the grey levels under which its marks are mere noise."""

    grey: Grey
    noise: float


def signs_on(grey: Grey, network: Network) -> Signs:
    """Find all signs on a page, digits and separators, and look at each closely.

    Args:
        grey: shape (height, width), uint8, upright; dark ink on light paper or the reverse.
        network: that looks.

    Returns:
        The signs, the surest first; those of a presence under ROUGH are mere alternatives.
    """
    sheet = _sheet(grey)
    rough = _at_every_size(sheet, network)
    groups = numbers(rough)[:MOST_NUMBERS]
    closer = [_looked_at(sheet, rough.take(each), network) for each in groups]
    every = together([seen for seen, _ in closer])
    kept = surest(every)
    none = np.zeros((0, CANVAS_PX, CANVAS_PX), np.float32)
    inks = np.concatenate([none, *(ink for _, ink in closer)])[kept]
    return Signs(every.take(kept), inks, network.signs(inks))


def legibility(grey: Grey, network: Network) -> float:
    """Return how much can be read on a page as it lies, at a glance: to compare ways to turn it.

    Args:
        grey: as for `signs_on`.
        network: that looks.
    """
    rough = _at_every_size(_sheet(grey), network)
    powers = np.exp(rough.signs - rough.signs.max(axis=1, initial=0, keepdims=True))
    digits = powers[:, : SIGNS.index(".")].max(axis=1, initial=0)
    sure = rough.presence * digits / powers.sum(axis=1)
    return float((sure**4).sum())  # a few sure digits count for more than many doubtful ones


def _sheet(grey: Grey) -> _Sheet:
    is_dark, noise = polarity(grey)
    return _Sheet(grey if is_dark else 255 - grey, noise)


def _at_every_size(sheet: _Sheet, network: Network) -> Found:
    """Find signs of all sizes, from those that fill the page down, until no ink is left over."""
    every: list[Found] = []
    for factor in _factors(sheet.grey.shape):
        page = normalised(zoomed(sheet.grey, factor), sheet.noise)
        seen = found(network.maps(padded(page)), ROUGH)
        every.append(_trusted(seen, factor))
        boxes = np.concatenate([each.boxes for each in every]) * np.float32(factor)
        if _explained(page, boxes):
            break
    seen = together(every)
    return seen.take(surest(seen, 0.45))


def _factors(size: tuple[int, ...]) -> Iterator[float]:
    """Yield by what to scale a page so that digits of each size become about DIGIT_PX high."""
    area = max(size[0] * size[1], 1)
    last = min(DIGIT_PX / SMALLEST_PX, max(1.0, (_MOST_PX / area) ** 0.5))
    factor = max(DIGIT_PX * _LARGEST / size[0], _LEAST_SIDE_PX / min(size))
    while factor < last:
        yield factor
        factor *= 2
    yield last


def _trusted(seen: Found, factor: float) -> Found:
    """Return signs in px of the page; those of another size than the network's count less."""
    is_digit = seen.signs.argmax(axis=1) < SIGNS.index(".")
    heights = np.maximum(seen.boxes[:, 3] - seen.boxes[:, 1], 1)
    off = np.where(is_digit, np.log(heights / DIGIT_PX) / _TOLERANCE, 0.5)
    presence = (seen.presence * np.exp(-0.5 * off**2)).astype(np.float32)
    return Found(seen.boxes / factor, presence, seen.signs)


def _explained(page: Grey, boxes: Floats) -> bool:
    """Tell whether nearly all ink of a page lies where signs were found."""
    ink = (page > _INK).astype(np.uint8)
    whole = cv2.countNonZero(ink)
    for left, top, right, bottom in boxes.round().astype(int).tolist():
        ink[max(0, top - 2) : max(0, bottom + 3), max(0, left - 2) : max(0, right + 3)] = 0
    return len(boxes) > 0 and cv2.countNonZero(ink) < 0.02 * whole


def _looked_at(sheet: _Sheet, number: Found, network: Network) -> tuple[Found, Ink]:
    """Look at a number alone, its digits DIGIT_PX high, and cut its signs out."""
    is_digit = number.signs.argmax(axis=1) < SIGNS.index(".")
    digits = number.boxes[is_digit]
    height = float(np.median(digits[:, 3] - digits[:, 1]))
    around = np.array([-1, -1, 1, 1]) * height * np.array(_MARGIN * 2)
    low, high = number.boxes[:, :2].min(axis=0), number.boxes[:, 2:].max(axis=0)
    left, top, right, bottom = (np.concatenate([low, high]) + around).round().astype(int).tolist()
    left, top = max(0, left), max(0, top)
    part = sheet.grey[top:bottom, left:right]
    factor = DIGIT_PX / max(height, 1.0)
    page = normalised(zoomed(part, factor), sheet.noise)
    seen = found(network.maps(padded(page)), LEAST)
    seen = seen.take(_belongs(seen.boxes / factor + np.array([left, top] * 2), number.boxes))
    boxes = (seen.boxes / factor + np.array([left, top] * 2)).astype(np.float32)
    return Found(boxes, seen.presence, seen.signs), crops(page, seen.boxes)


def _belongs(boxes: Floats, number: Floats) -> NDArray[np.bool_]:
    """Tell which boxes stand in the row of a number: as high or low as its nearest sign."""
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    theirs = (number[:, :2] + number[:, 2:]) / 2
    nearest = np.abs(middles[:, None, 0] - theirs[None, :, 0]).argmin(axis=1)
    height = float(np.median(number[:, 3] - number[:, 1]))
    return np.asarray(np.abs(middles[:, 1] - theirs[nearest, 1]) < 0.9 * height)

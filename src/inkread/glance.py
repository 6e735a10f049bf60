"""A grey array of a page → the signs on it, of every size, at a first look."""

from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread import marks
from inkread.ink import Ink
from inkread.lines import around, worth_a_look
from inkread.maps import (
    DIGIT_PX,
    NEAR_PX,
    SIGNS,
    Floats,
    Found,
    evened,
    found,
    heaps,
    padded,
    polarity,
    surest,
    together,
)
from inkread.picture import Grey

ROUGH = 0.3  # presence from which a sign is looked at closely
_NEARLY_ALL = 0.98  # of the ink of a page: what else there is needs no closer look
_SMALL_PX = 512  # longer side of a page whose ink is measured
SURE = 0.4  # presence from which the ink of a sign needs no other one
_SEVERAL = 3  # signs of a number from which on ink beside it asks for no finer look
_ON_PAGE = 0.7  # share of a sign on the page from which its ink needs no other one
SMALLEST_PX = 12  # height of a digit
_NEARLY_AS_LARGE = 1.25  # times: two sizes of a page nearer than this show the same
_LEAST_STEP = 1.3  # times: digits that ask for less than that are as high as they should be
_LARGEST = 1.25  # heights of a digit that fills the picture
_LEAST_SIDE_PX = 16  # a page is not looked at smaller than that
_MOST_PX = 1_500_000  # nor enlarged to more
_MOST_AS_IT_IS_PX = 3_000_000  # one of more is made smaller for that
_FAINTEST = 10.0  # grey levels: on a page without any stronger mark nothing is looked for
_TOLERANCE = 0.45  # of the logarithm of a digit's height over DIGIT_PX: nearer is trusted more


class Network(Protocol):
    """What looks at pages."""

    def maps(self, page: Grey) -> Floats:
        """Return the maps, shape (19, height / 4, width / 2), of a normalised page."""
        ...

    def signs(self, looks: Floats) -> Floats:
        """Return the probabilities, shape (count, 11), of the digits, or of none."""
        ...

    def digits(self, inks: Ink) -> Floats:
        """Return the probabilities, shape (count, 11), of the digits, or of none, by ink alone."""
        ...

    def steps(self, strip: Grey) -> Floats:
        """Return the probabilities, shape (count, 11), of the digits, or of none, along it."""
        ...


class Sheet(NamedTuple):
    """A page with dark ink, and the grey levels under which its marks are mere noise."""

    grey: Grey
    noise: float


class View(NamedTuple):
    """A page, or a part of it, as it was looked at in one size.

    Attributes:
        grey: scaled and evened out.
        maps: that the network made of it.
        factor: by what it was scaled.
        corner: where its left upper corner lies, px of the page before it was scaled.
    """

    grey: Grey
    maps: Floats
    factor: float
    corner: tuple[float, float] = (0.0, 0.0)


class Glance(NamedTuple):
    """What a first look at a page shows.

    Attributes:
        sheet: the page.
        rough: the signs on it, of all sizes, the surest first; and, as such, marks that are too
            small to be seen as signs, where a page is too large to be enlarged.
        views: of the whole page; none of a blank one.
    """

    sheet: Sheet
    rough: Found
    views: list[View]

    def legibility(self) -> float:
        """Return how much can be read as the page lies: to compare ways to turn it."""
        powers = np.exp(self.rough.signs - self.rough.signs.max(axis=1, initial=0, keepdims=True))
        digits = powers[:, : SIGNS.index(".")].max(axis=1, initial=0)
        sure = self.rough.presence * digits / powers.sum(axis=1)
        return float((sure**4).sum())  # a few sure digits count for more than many doubtful ones

    def smallest_px(self) -> float:
        """Return the height of the smallest digits that were looked for; 0 on a blank page."""
        return DIGIT_PX / self.views[-1].factor if self.views else 0.0

    def marks(self) -> Floats:
        """Return the boxes of ink that may be digits, shape (count, 4), px of the page."""
        if not self.views:
            return np.zeros((0, 4), np.float32)
        view = self.views[-1]
        return marks.like_digits(view.grey, SMALLEST_PX * view.factor) / np.float32(view.factor)

    def covered(self, boxes: Floats) -> float:
        """Return the share, 0–1, of the page's ink that lies in boxes, shape (count, 4), px."""
        factor = min(1.0, _SMALL_PX / max(self.sheet.grey.shape))
        page = evened(self.sheet.grey, factor, self.sheet.noise)
        return marks.covered(page, boxes * np.float32(factor))


def glance(
    grey: Grey, network: Network, smallest_px: float = SMALLEST_PX, largest_px: float = np.inf
) -> Glance:
    """Find the signs on a page, digits and separators.

    Args:
        grey: shape (height, width), uint8, upright; dark ink on light paper or the reverse.
        network: that looks.
        smallest_px: height of the smallest digits that are looked for.
        largest_px: height of the largest ones.
    """
    sheet = _sheet(grey)
    if _is_blank(sheet):
        return Glance(sheet, together([]), [])
    return _at_every_size(sheet, network, smallest_px, largest_px)


def _sheet(grey: Grey) -> Sheet:
    is_dark, noise = polarity(grey)
    return Sheet(grey if is_dark else 255 - grey, noise)


def _is_blank(sheet: Sheet) -> bool:
    """Tell whether no mark on a page, however small, is darker than its surroundings."""
    soft = cv2.blur(sheet.grey, (3, 3)).astype(np.float32)
    around = cv2.blur(soft, (NEAR_PX, NEAR_PX), borderType=cv2.BORDER_REFLECT_101)
    return float((around - soft).max()) < _FAINTEST


def _at_every_size(sheet: Sheet, network: Network, smallest_px: float, largest_px: float) -> Glance:
    """Look for signs of all sizes, those that fill the page first, until no ink is left over."""
    factor, last = _factors(sheet.grey.shape, smallest_px, largest_px)
    views: list[View] = []
    every: list[Found] = []
    while True:
        grey = evened(sheet.grey, factor, sheet.noise)
        views.append(View(grey, network.maps(padded(grey)), factor))
        rough = found(views[-1].maps, ROUGH)
        every.append(_trusted(rough, factor))
        seen = _thinned(every)
        sure = seen.take((seen.presence >= SURE) & _whole(seen.boxes, sheet.grey.shape))
        rows = marks.are_rows(sure.boxes, sheet.grey, sheet.noise, smallest_px)
        explained = _explained(sure.take(~rows)) * np.float32(factor)
        if marks.covered(grey, explained) > _NEARLY_ALL:
            return Glance(sheet, seen, views)
        if factor >= last:
            small = marks.too_small(grey, explained, smallest_px * factor)
            small = small._replace(boxes=small.boxes / np.float32(factor))
            return Glance(sheet, together([seen, small]), views)
        factor *= _finer(rough)
        factor = factor if factor * _NEARLY_AS_LARGE < last else last


def _thinned(every: list[Found]) -> Found:
    """Return what several views show, each sign once; none that are rows seen from too far."""
    seen = together(every)
    seen = seen.take(surest(seen, 0.45))
    return seen.take(~heaps(seen))


def _factors(size: tuple[int, ...], smallest_px: float, largest_px: float) -> tuple[float, float]:
    """Return by what to scale a page so that its largest and its smallest digits are DIGIT_PX."""
    area = max(size[0] * size[1], 1)
    largest = max((_MOST_PX / area) ** 0.5, min(1.0, (_MOST_AS_IT_IS_PX / area) ** 0.5))
    last = min(DIGIT_PX / smallest_px, largest)
    first = max(DIGIT_PX * _LARGEST / size[0], _LEAST_SIDE_PX / min(size), DIGIT_PX / largest_px)
    return (first if first * _NEARLY_AS_LARGE < last else last), last


def _finer(rough: Found) -> float:
    """Return by how much finer to look next: twice, or as the digits that are seen ask for."""
    digits = rough.boxes[rough.is_digit & (rough.presence >= SURE)]
    step = DIGIT_PX / np.median(digits[:, 3] - digits[:, 1]) if len(digits) else 2.0
    return float(step) if _LEAST_STEP <= step <= 2 else 2.0


def _trusted(seen: Found, factor: float) -> Found:
    """Return signs in px of the page; those of another size than the network's count less."""
    heights = np.maximum(seen.boxes[:, 3] - seen.boxes[:, 1], 1)
    off = np.where(seen.is_digit, np.log(heights / DIGIT_PX) / _TOLERANCE, 0.5)
    presence = (seen.presence * np.exp(-0.5 * off**2)).astype(np.float32)
    return Found(seen.boxes / factor, presence, seen.signs)


def _explained(sure: Found) -> Floats:
    """Return the boxes of signs; with what is around them where several are looked at closely."""
    several = [each for each in worth_a_look(sure) if len(each.rough.boxes) >= _SEVERAL]
    return np.concatenate(
        [sure.boxes, *(each.rough.boxes + around(each.height) for each in several)]
    )


def _whole(boxes: Floats, size: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which boxes lie on a page of that size but for a little; networks know no others."""
    limits = np.array(size[::-1])
    inside = np.clip(boxes[:, 2:], 0, limits) - np.clip(boxes[:, :2], 0, limits)
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1)
    return np.asarray((inside / sides).prod(axis=1) >= _ON_PAGE)

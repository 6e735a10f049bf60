"""A grey array of a page → the signs on it: found at every size, then looked at closely."""

from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.alone import alone
from inkread.ink import CANVAS_PX, Ink
from inkread.lines import numbers
from inkread.maps import (
    DIGIT_PX,
    NEAR_PX,
    SIGNS,
    STRIDES_PX,
    Floats,
    Found,
    close_looks,
    evened,
    found,
    grain,
    heaps,
    padded,
    polarity,
    surest,
    together,
)
from inkread.picture import Grey

LEAST = 0.1  # presence under which a sign is not even an alternative
ROUGH = 0.3  # presence from which a sign is looked at closely
MOST_LOOKED_AT_PX = 2_000_000  # of all numbers of a page together, each at its own size
_NEARLY_ALL = 0.98  # of the ink of a page: what else there is needs no closer look
_SMALL_PX = 512  # longer side of a page whose ink is measured
SURE = 0.4  # presence from which the ink of a sign needs no other one
_SEVERAL = 3  # signs of a number from which on ink beside it asks for no finer look
_ON_PAGE = 0.7  # share of a sign on the page from which its ink needs no other one
SMALLEST_PX = 12  # height of a digit
_NEARLY_AS_LARGE = 1.25  # times: two sizes of a page nearer than this show the same
_LEAST_STEP = 1.3  # times: digits that ask for less than that are as high as they should be
_SAME_SIZE = 1.1  # times: a number is not looked at again in a size nearer to one it was seen in
_TIGHT = 0.05  # heights from one sign to the next under which ones between them may be missed
_NARROW = 0.4  # heights of a digit that is narrower: it may be two ones
_WIDER = 1.3  # times
_MOST_WIDER_PX = 500_000  # of all numbers of a page that are looked at so, before they are wider
_PLAIN = 0.5  # grey levels of grain under which paper has no texture that a wider look tears apart
_BESIDE_PX = 48  # of a view beside a part that is taken from it
_LARGEST = 1.25  # heights of a digit that fills the picture
_LEAST_SIDE_PX = 16  # a page is not looked at smaller than that
_MOST_PX = 1_500_000  # nor enlarged to more
_INK = 140  # of 255, normalised
_FAINTEST = 10.0  # grey levels: on a page without any stronger mark nothing is looked for
_MARGIN = (1.2, 0.5)  # heights beside a number, and above and below, that are looked at too
_NO_LOOKS = np.zeros((0, 3, CANVAS_PX, CANVAS_PX), np.float32)
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


class Signs(NamedTuple):
    """The signs of a page, with what the networks say of each.

    Attributes:
        found: with boxes in px of the page.
        inks: shape (count, 28, 28): each as it was looked at closely.
        named: shape (count, 11), 0–1: its digit, or none, from what was looked at closely.
        alone: the same, from its ink without that of its neighbours.
        free: shape (count,): whether its ink hangs together with no other's.
    """

    found: Found
    inks: Ink
    named: Floats
    alone: Floats
    free: NDArray[np.bool_]


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
        rough: the signs on it, of all sizes, the surest first.
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

    def covered(self, boxes: Floats) -> float:
        """Return the share, 0–1, of the page's ink that lies in boxes, shape (count, 4), px."""
        factor = min(1.0, _SMALL_PX / max(self.sheet.grey.shape))
        page = evened(self.sheet.grey, factor, self.sheet.noise)
        return _covered(page, boxes * np.float32(factor))


def glance(grey: Grey, network: Network, smallest_px: float = SMALLEST_PX) -> Glance:
    """Find the signs on a page, digits and separators.

    Args:
        grey: shape (height, width), uint8, upright; dark ink on light paper or the reverse.
        network: that looks.
        smallest_px: height of the smallest digits that are looked for.
    """
    sheet = _sheet(grey)
    if _is_blank(sheet):
        return Glance(sheet, together([]), [])
    return _at_every_size(sheet, network, smallest_px)


def look(page: Glance, network: Network, most_px: int = MOST_LOOKED_AT_PX) -> Signs:
    """Look closely at the numbers on a page.

    Args:
        page: at a first look.
        network: that looks.
        most_px: of all numbers together, each at its own size; the surest come first.

    Returns:
        The signs, the surest first, down to a presence of LEAST.
    """
    every = _worth_a_look(page.rough, most_px)
    worth = [each for each in every if _meets(each, page.sheet.grey.shape)]
    wider = _worth_a_wider_look(worth, page.sheet)
    closer = [
        _looked_at(page, number, apart, network) for number, apart in zip(worth, wider, strict=True)
    ]
    signs = together([each.found for each in closer])
    kept = surest(signs)
    kept = kept[~heaps(signs.take(kept))]
    looks = np.concatenate([_NO_LOOKS, *(each.looks for each in closer)])[kept]
    inks = np.concatenate([_NO_LOOKS[:, 0], *(each.inks for each in closer)])[kept]
    free = np.concatenate([np.zeros(0, np.bool_), *(each.free for each in closer)])[kept]
    return Signs(signs.take(kept), looks[:, 0], network.signs(looks), network.digits(inks), free)


def _sheet(grey: Grey) -> Sheet:
    is_dark, noise = polarity(grey)
    return Sheet(grey if is_dark else 255 - grey, noise)


def _is_blank(sheet: Sheet) -> bool:
    """Tell whether no mark on a page, however small, is darker than its surroundings."""
    soft = cv2.blur(sheet.grey, (3, 3)).astype(np.float32)
    around = cv2.blur(soft, (NEAR_PX, NEAR_PX), borderType=cv2.BORDER_REFLECT_101)
    return float((around - soft).max()) < _FAINTEST


def _at_every_size(sheet: Sheet, network: Network, smallest_px: float) -> Glance:
    """Look for signs of all sizes, those that fill the page first, until no ink is left over."""
    factor, last = _factors(sheet.grey.shape, smallest_px)
    views: list[View] = []
    every: list[Found] = []
    while True:
        grey = evened(sheet.grey, factor, sheet.noise)
        views.append(View(grey, network.maps(padded(grey)), factor))
        rough = found(views[-1].maps, ROUGH)
        every.append(_trusted(rough, factor))
        seen = _thinned(every)
        sure = seen.take((seen.presence >= SURE) & _whole(seen.boxes, sheet.grey.shape))
        if factor >= last or _covered(grey, _explained(sure) * np.float32(factor)) > _NEARLY_ALL:
            return Glance(sheet, seen, views)
        factor *= _finer(rough)
        factor = factor if factor * _NEARLY_AS_LARGE < last else last


def _thinned(every: list[Found]) -> Found:
    """Return what several views show, each sign once; none that are rows seen from too far."""
    seen = together(every)
    seen = seen.take(surest(seen, 0.45))
    return seen.take(~heaps(seen))


def _factors(size: tuple[int, ...], smallest_px: float) -> tuple[float, float]:
    """Return by what to scale a page so that its largest and its smallest digits are DIGIT_PX."""
    area = max(size[0] * size[1], 1)
    last = min(DIGIT_PX / smallest_px, max(1.0, (_MOST_PX / area) ** 0.5))
    first = max(DIGIT_PX * _LARGEST / size[0], _LEAST_SIDE_PX / min(size))
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
    several = [each for each in _worth_a_look(sure) if len(each.rough.boxes) >= _SEVERAL]
    return np.concatenate(
        [sure.boxes, *(each.rough.boxes + _around(each.height) for each in several)]
    )


def _whole(boxes: Floats, size: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which boxes lie on a page of that size but for a little; networks know no others."""
    limits = np.array(size[::-1])
    inside = np.clip(boxes[:, 2:], 0, limits) - np.clip(boxes[:, :2], 0, limits)
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1)
    return np.asarray((inside / sides).prod(axis=1) >= _ON_PAGE)


def _covered(page: Grey, boxes: Floats) -> float:
    """Return the share of a normalised page's ink that lies in boxes; 0 where there are none."""
    ink = (page > _INK).astype(np.uint8)
    whole = max(1, cv2.countNonZero(ink))
    for left, top, right, bottom in boxes.round().astype(int).tolist():
        ink[max(0, top - 2) : max(0, bottom + 3), max(0, left - 2) : max(0, right + 3)] = 0
    return 1 - cv2.countNonZero(ink) / whole if len(boxes) else 0.0


class _Number(NamedTuple):
    """A number to be looked at closely.

    Attributes:
        rough: its signs.
        height: of its digits, px.
        corners: left, top, right and bottom of what is looked at, px; it may reach over the page.
    """

    rough: Found
    height: float
    corners: tuple[int, int, int, int]

    @property
    def area(self) -> float:
        """What is looked at, px, with its digits DIGIT_PX high."""
        left, top, right, bottom = self.corners
        return (right - left) * (bottom - top) * (DIGIT_PX / self.height) ** 2


def _worth_a_look(rough: Found, most_px: int = MOST_LOOKED_AT_PX) -> list[_Number]:
    """Return the numbers that signs make up, the surest first, not more than are soon read."""
    every = sorted((_number(rough.take(each)) for each in numbers(rough)), key=_surest_first)
    worth, left = [], float(most_px)
    for number in every:
        if number.area <= left:
            worth.append(number)
            left -= number.area
    return worth


def _worth_a_wider_look(every: list[_Number], sheet: Sheet) -> list[bool]:
    """Tell which numbers are looked at pulled apart, not more than are soon read."""
    worth, left = [], float(_MOST_WIDER_PX)
    for number in every:
        fits = number.area <= left and _may_hide_ones(number) and _is_plain(sheet, number)
        worth.append(fits)
        left -= number.area if fits else 0
    return worth


def _surest_first(number: _Number) -> float:
    return -float(number.rough.presence.max())


def _number(rough: Found) -> _Number:
    digits = rough.boxes[rough.is_digit]
    height = max(1.0, float(np.median(digits[:, 3] - digits[:, 1])))
    low, high = rough.boxes[:, :2].min(axis=0), rough.boxes[:, 2:].max(axis=0)
    corners = (np.concatenate([low, high]) + _around(height)).round().astype(int)
    left, top, right, bottom = corners.tolist()
    return _Number(rough, height, (max(0, left), max(0, top), right, bottom))


def _around(height: float) -> Floats:
    """Return by how much what is looked at closely reaches over a box: left, up, right, down."""
    reach: Floats = (np.array([-1, -1, 1, 1]) * height * np.array(_MARGIN * 2)).astype(np.float32)
    return reach


def _meets(number: _Number, size: tuple[int, ...]) -> bool:
    """Tell whether any of what is to be looked at lies on a page of that size."""
    left, top, right, bottom = number.corners
    return left < min(right, size[1]) and top < min(bottom, size[0])


class _Closer(NamedTuple):
    """The signs of a number, cut out as `close_looks` and as `alone` do."""

    found: Found
    looks: Floats
    inks: Ink
    free: NDArray[np.bool_]


def _looked_at(page: Glance, number: _Number, wider: bool, network: Network) -> _Closer:
    """Look at a number with its digits about DIGIT_PX high, and cut its signs out in both ways."""
    view = _seen_before(page.views, number) or _seen_anew(page.sheet, number, network)
    seen = _found_wider(view.grey, network) if wider else found(view.maps, LEAST)
    boxes = (seen.boxes / view.factor + np.array(view.corner * 2)).astype(np.float32)
    belongs = _belongs(boxes, number)
    here = seen.take(belongs)
    looks, cut_out = close_looks(view.grey, here.boxes), alone(view.grey, here)
    return _Closer(here._replace(boxes=boxes[belongs]), looks, *cut_out)


def _may_hide_ones(number: _Number) -> bool:
    """Tell whether a number has signs that stand close, or such that two ones are taken for."""
    boxes = number.rough.boxes[number.rough.is_digit]
    boxes = boxes[np.argsort(boxes[:, 0] + boxes[:, 2])]
    narrowest = float((boxes[:, 2] - boxes[:, 0]).min())
    nearest = float((boxes[1:, 0] - boxes[:-1, 2]).min(initial=np.inf))
    return narrowest < _NARROW * number.height or nearest < _TIGHT * number.height


def _is_plain(sheet: Sheet, number: _Number) -> bool:
    """Tell whether the paper around a number has no texture, as that of a pad."""
    left, top, right, bottom = number.corners
    return grain(sheet.grey[top:bottom, left:right]) < _PLAIN


def _found_wider(grey: Grey, network: Network) -> Found:
    """Return the signs of a view that is pulled apart, their boxes as they lie in the view.

    Ones that stand three cells of the maps apart are seen as one, those four apart as two.
    """
    size = (round(grey.shape[1] * _WIDER), grey.shape[0])
    wider = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    seen = found(network.maps(padded(wider)), LEAST)
    across = size[0] / grey.shape[1]
    pulled = np.array([across, 1] * 2, np.float32)
    return seen._replace(boxes=np.asarray(seen.boxes / pulled, np.float32))


def _seen_anew(sheet: Sheet, number: _Number, network: Network) -> View:
    """Return a number as if nothing else were on the page."""
    left, top, right, bottom = number.corners
    factor = DIGIT_PX / number.height
    grey = evened(sheet.grey[top:bottom, left:right], factor, sheet.noise)
    return View(grey, network.maps(padded(grey)), factor, (left, top))


def _seen_before(views: list[View], number: _Number) -> View | None:
    """Return a number, with what is around it, where a view shows its digits DIGIT_PX high."""
    sizes = np.array([each.factor for each in views]) * number.height / DIGIT_PX
    near = np.flatnonzero((sizes < _SAME_SIZE) & (sizes > 1 / _SAME_SIZE))
    if not len(near):
        return None
    view = views[near[np.abs(np.log(sizes[near])).argmin()]]
    cell = np.array(STRIDES_PX[::-1])
    low, high = np.array(number.corners).reshape(2, 2) * view.factor
    cells = np.maximum([low - _BESIDE_PX, high + _BESIDE_PX], 0).astype(int) // cell
    (left, top), (right, bottom) = cells.tolist()
    (first, above), (last, below) = (cells * cell).tolist()
    grey, maps = view.grey[above:below, first:last], view.maps[:, top:bottom, left:right]
    return View(grey, maps, view.factor, (first / view.factor, above / view.factor))


def _belongs(boxes: Floats, number: _Number) -> NDArray[np.bool_]:
    """Tell which boxes stand where a number is looked at, and in its row.

    In its row is what stands about as high or low as the nearest of its signs.
    """
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = np.array(number.corners).reshape(2, 2)
    inside = ((middles >= low) & (middles <= high)).all(axis=1)
    theirs = (number.rough.boxes[:, :2] + number.rough.boxes[:, 2:]) / 2
    nearest = np.abs(middles[:, None, 0] - theirs[None, :, 0]).argmin(axis=1)
    return np.asarray(inside & (np.abs(middles[:, 1] - theirs[nearest, 1]) < 0.9 * number.height))

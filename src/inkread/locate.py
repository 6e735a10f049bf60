"""A page at a first look → the signs of its numbers, each looked at closely."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.alone import alone
from inkread.faint import faintness
from inkread.glance import SURE, Glance, Network, Sheet, View
from inkread.ink import CANVAS_PX, Ink
from inkread.lines import MOST_LOOKED_AT_PX, MOST_SEEN_PX, Number, worth_a_look
from inkread.maps import (
    DIGIT_PX,
    STRIDES_PX,
    Floats,
    Found,
    close_looks,
    evened,
    found,
    grain,
    heaps,
    padded,
    surest,
    together,
)
from inkread.marks import strangers
from inkread.picture import Grey

LEAST = 0.1  # presence under which a sign is not even an alternative
_SAME_SIZE = 1.1  # times: a number is not looked at again in a size nearer to one it was seen in
_TIGHT = 0.05  # heights from one sign to the next under which ones between them may be missed
_NARROW = 0.4  # heights of a digit that is narrower: it may be two ones
_WIDER = 1.3  # times
_MOST_WIDER_PX = 500_000  # of all numbers of a page that are looked at so, before they are wider
_PLAIN = 0.5  # grey levels of grain under which paper has no texture that a wider look tears apart
_BESIDE_PX = 48  # of a view beside a part that is taken from it
_NO_LOOKS = np.zeros((0, 3, CANVAS_PX, CANVAS_PX), np.float32)


class Signs(NamedTuple):
    """The signs of a page, with what the networks say of each.

    Attributes:
        found: with boxes in px of the page.
        inks: shape (count, 28, 28): each as it was looked at closely.
        named: shape (count, 11), 0–1: its digit, or none, from what was looked at closely.
        alone: the same, from its ink without that of its neighbours.
        free: shape (count,): whether its ink hangs together with no other's.
        strangers: shape (count,): at how many sides of it, 0–2, a mark stands that is no sign.
        faintness: shape (count,), −2–0: how much fainter its ink is than that of others.
    """

    found: Found
    inks: Ink
    named: Floats
    alone: Floats
    free: NDArray[np.bool_]
    strangers: Floats
    faintness: Floats


def look(
    page: Glance,
    network: Network,
    most_px: int = MOST_LOOKED_AT_PX,
    seen_px: int = MOST_SEEN_PX,
) -> Signs:
    """Look closely at the numbers on a page.

    Args:
        page: at a first look.
        network: that looks.
        most_px: of all numbers together, each at its own size; the surest come first.
        seen_px: beyond that, of numbers that are seen already.

    Returns:
        The signs, the surest first, down to a presence of LEAST.
    """
    every = worth_a_look(page.rough, most_px, seen_px)
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
    strange = np.concatenate([_NO_LOOKS[:, 0, 0, 0], *(each.strangers for each in closer)])[kept]
    seen = looks[:, 0].copy()  # readings keep it, and shall not keep the rest of the looks
    seen.setflags(write=False)
    signs = signs.take(kept)
    faint = faintness(page.sheet.grey, signs.boxes, signs.presence >= SURE)
    return Signs(signs, seen, network.signs(looks), network.digits(inks), free, strange, faint)


def _worth_a_wider_look(every: list[Number], sheet: Sheet) -> list[bool]:
    """Tell which numbers are looked at pulled apart, not more than are soon read."""
    worth, left = [], float(_MOST_WIDER_PX)
    for number in every:
        fits = number.area <= left and _may_hide_ones(number) and _is_plain(sheet, number)
        worth.append(fits)
        left -= number.area if fits else 0
    return worth


def _meets(number: Number, size: tuple[int, ...]) -> bool:
    """Tell whether any of what is to be looked at lies on a page of that size."""
    left, top, right, bottom = number.corners
    return left < min(right, size[1]) and top < min(bottom, size[0])


class _Closer(NamedTuple):
    """The signs of a number, cut out as `close_looks` and as `alone` do."""

    found: Found
    looks: Floats
    inks: Ink
    free: NDArray[np.bool_]
    strangers: Floats


def _looked_at(page: Glance, number: Number, wider: bool, network: Network) -> _Closer:
    """Look at a number with its digits about DIGIT_PX high, and cut its signs out in both ways."""
    view = _seen_before(page.views, number) or _seen_anew(page.sheet, number, network)
    seen = _found_wider(view.grey, network) if wider else found(view.maps, LEAST)
    boxes = (seen.boxes / view.factor + np.array(view.corner * 2)).astype(np.float32)
    belongs = _belongs(boxes, number)
    here = seen.take(belongs)
    looks, cut_out = close_looks(view.grey, here.boxes), alone(view.grey, here)
    strange = strangers(view.grey, here.boxes, seen.boxes[seen.presence >= SURE])
    return _Closer(here._replace(boxes=boxes[belongs]), looks, *cut_out, strange)


def _may_hide_ones(number: Number) -> bool:
    """Tell whether a number has signs that stand close, or such that two ones are taken for."""
    boxes = number.rough.boxes[number.rough.is_digit]
    boxes = boxes[np.argsort(boxes[:, 0] + boxes[:, 2])]
    narrowest = float((boxes[:, 2] - boxes[:, 0]).min())
    nearest = float((boxes[1:, 0] - boxes[:-1, 2]).min(initial=np.inf))
    return narrowest < _NARROW * number.height or nearest < _TIGHT * number.height


def _is_plain(sheet: Sheet, number: Number) -> bool:
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


def _seen_anew(sheet: Sheet, number: Number, network: Network) -> View:
    """Return a number as if nothing else were on the page."""
    left, top, right, bottom = number.corners
    factor = DIGIT_PX / number.height
    grey = evened(sheet.grey[top:bottom, left:right], factor, sheet.noise)
    return View(grey, network.maps(padded(grey)), factor, (left, top))


def _seen_before(views: list[View], number: Number) -> View | None:
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


def _belongs(boxes: Floats, number: Number) -> NDArray[np.bool_]:
    """Tell which boxes stand where a number is looked at, and in its row.

    In its row is what stands about as high or low as the nearest of its signs.
    """
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = np.array(number.corners).reshape(2, 2)
    inside = ((middles >= low) & (middles <= high)).all(axis=1)
    theirs = (number.rough.boxes[:, :2] + number.rough.boxes[:, 2:]) / 2
    nearest = np.abs(middles[:, None, 0] - theirs[None, :, 0]).argmin(axis=1)
    return np.asarray(inside & (np.abs(middles[:, 1] - theirs[nearest, 1]) < 0.9 * number.height))

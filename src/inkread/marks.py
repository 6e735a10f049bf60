"""The ink of a normalised page, where no sign may have been seen: what hangs together is a mark.

Pure NumPy and OpenCV.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.maps import DIGIT_PX, MOST_SIGNS, SIGNS, Floats, Found, evened
from inkread.picture import Grey

_INK = 140  # of 255, normalised
_LEAST = 0.7  # of a digit's height: what is smaller is no part of it that counts
_WIDEST = 4.0  # times as long as wide: digits that touch, and no line of a form
_TOO_SMALL = 0.6  # of DIGIT_PX: what is smaller may be a digit even if no sign is seen there
_DOUBTFUL = 0.1  # presence of such a mark: signs are looked at before
_ROWS = 8  # heights of the smallest digit: what is higher may be rows of them
_MANY = 12  # marks that no digit consists of
_MOST_PX = 1_500_000  # that are searched for these, at most
_NEAR = 1.0  # heights of the higher of both from a sign to a mark beside it at most
_LEVEL = 0.4  # of the lower of both that they stand side by side
LOW, TALL = 0.35, 2.0  # of a sign's height: what is lower or higher is no letter beside it


def covered(page: Grey, boxes: Floats) -> float:
    """Return the share of a page's ink that lies in boxes; 0 where there are none.

    Args:
        page: normalised.
        boxes: shape (count, 4): left, top, right and bottom, px.
    """
    if not len(boxes):
        return 0.0
    left_over = int(np.count_nonzero(_uncovered(page, boxes)))
    return 1 - left_over / max(1, int(np.count_nonzero(page > _INK)))


def like_digits(page: Grey, least_px: float) -> Floats:
    """Return the boxes of marks that may be digits whichever way up, shape (count, 4), px.

    Args:
        page: normalised.
        least_px: height of a digit at least.
    """
    boxes = _boxes(page > _INK)
    sides = boxes[:, 2:] - boxes[:, :2]
    longer, shorter = sides.max(axis=1), sides.min(axis=1)
    some = boxes[(longer >= _LEAST * least_px) & (longer <= _WIDEST * shorter)]
    return np.asarray(some[:: 1 + len(some) // MOST_SIGNS])


def too_small(page: Grey, boxes: Floats, least_px: float) -> Found:
    """Return marks outside of boxes that may be digits, too small for the network to see them.

    Args:
        page: normalised.
        boxes: of what was seen, shape (count, 4), px.
        least_px: height of a digit at least.

    Returns:
        The marks as digits of no name, hardly there.
    """
    marks = outside(page, boxes)
    width, height = (marks[:, 2:] - marks[:, :2]).T
    fits = (height >= _LEAST * least_px) & (height <= _TOO_SMALL * DIGIT_PX)
    some = marks[fits & (width <= _WIDEST * height)][:MOST_SIGNS]
    there = np.full(len(some), _DOUBTFUL, np.float32)
    return Found(some, there, np.zeros((len(some), len(SIGNS)), np.float32))


def are_rows(boxes: Floats, grey: Grey, noise: float, least_px: float) -> NDArray[np.bool_]:
    """Tell which boxes hold so many marks that they are rows of digits, seen from afar as one.

    Args:
        boxes: shape (count, 4): left, top, right and bottom, px.
        grey: the page, dark ink on light paper.
        noise: grey levels, as `maps.polarity` gives them.
        least_px: height of a digit at least.

    Returns:
        Shape (count,).
    """
    high = boxes[:, 3] - boxes[:, 1] >= _ROWS * least_px
    if not high.any():
        return high
    low = np.maximum(boxes[high, :2].min(axis=0), 0).astype(int)
    right, bottom = boxes[high, 2:].max(axis=0).astype(int).tolist()
    part = grey[low[1] : bottom, low[0] : right]
    factor = min(1.0, (_MOST_PX / max(part.size, 1)) ** 0.5)
    marks = _boxes(evened(part, factor, noise) > _INK) / factor
    long = (marks[:, 2:] - marks[:, :2]).max(axis=1) >= _LEAST * least_px
    middles = (marks[long, :2] + marks[long, 2:]) / 2 + low
    inside = (middles > boxes[:, None, :2]) & (middles < boxes[:, None, 2:])
    return np.asarray(high & (np.count_nonzero(inside.all(axis=2), axis=1) >= _MANY))


def strangers(page: Grey, boxes: Floats, sure: Floats) -> Floats:
    """Return at how many sides of each sign, 0–2, a mark stands that is no sign, as in a word.

    Args:
        page: normalised.
        boxes: of the signs, shape (count, 4): left, top, right and bottom, px.
        sure: of those that are surely signs, shape (number, 4), px.
    """
    marks = _boxes(page > _INK)[:MOST_SIGNS]
    marks = marks[~(_held(marks, sure) | _held(sure, marks).T).any(axis=1)]
    low, high = np.maximum, np.minimum
    across = low(marks[:, 0], boxes[:, :1]) - high(marks[:, 2], boxes[:, 2:3])
    level = high(marks[:, 3], boxes[:, 3:]) - low(marks[:, 1], boxes[:, 1:2])
    tall, taller = marks[:, 3] - marks[:, 1], boxes[:, 3:] - boxes[:, 1:2]
    beside = (across < _NEAR * low(tall, taller)) & (level > _LEVEL * high(tall, taller))
    beside &= (tall > LOW * taller) & (tall < TALL * taller)
    beside &= ~(_held(boxes, marks) | _held(marks, boxes).T)
    at_left = marks[:, 0] + marks[:, 2] < boxes[:, :1] + boxes[:, 2:3]
    sides = [(beside & side).any(axis=1) for side in (at_left, ~at_left)]
    return np.asarray(np.sum(sides, axis=0), np.float32)


def outside(page: Grey, boxes: Floats) -> Floats:
    """Return the boxes of the ink that lies outside of some boxes, shape (number, 4), px.

    Args:
        page: normalised.
        boxes: shape (count, 4): left, top, right and bottom, px.
    """
    return _boxes(_uncovered(page, boxes))


def _held(some: Floats, boxes: Floats) -> NDArray[np.bool_]:
    """Tell of which boxes (column) the middle of each (row) lies in."""
    middles = ((some[:, :2] + some[:, 2:]) / 2)[:, None]
    inside = (middles >= boxes[None, :, :2]) & (middles <= boxes[None, :, 2:])
    return np.asarray(inside.all(axis=2))


def _uncovered(page: Grey, boxes: Floats) -> NDArray[np.bool_]:
    """Return where a page has ink that lies in no box."""
    ink = page > _INK
    for left, top, right, bottom in boxes.round().astype(int).tolist():
        ink[max(0, top - 2) : max(0, bottom + 3), max(0, left - 2) : max(0, right + 3)] = False
    return ink


def _boxes(ink: NDArray[np.bool_]) -> Floats:
    """Return the box of all ink that hangs together, shape (count, 4), px."""
    if not ink.size:
        return np.zeros((0, 4), np.float32)
    _, _, sides, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    left, top, width, height = sides[1:, :4].T  # the first is the paper
    return np.stack([left, top, left + width, top + height], axis=1).astype(np.float32)

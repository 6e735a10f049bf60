"""Signs of a page → the ink of each without that of its neighbours, framed for the digit network.

Pure NumPy and OpenCV.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.errors import BlankPicture
from inkread.ink import CANVAS_PX, Ink, frame
from inkread.maps import PAPER, Floats, Found, iou
from inkread.picture import Grey

_INK = 110  # of 255, normalised: from it on it hangs together
_FAINT = 0.15  # of full ink: less is left out
_MOST = 0.6  # share of a piece of ink in a box from which on it is that sign's
_SOME = 0.2  # share from which on it is that sign's too
_MAIN = 0.5  # share of the ink in a box that can be no other sign's
_LITTLE = 0.1  # share of the ink in a box that may be cut without harm
_SURE = 0.4  # presence of signs whose ink is left out of others
_APART = 0.3  # IoU from which on two boxes may be of the same sign
_REACH_PX = 17  # by which ink may stick out of its box


def alone(page: Grey, found: Found) -> tuple[Ink, NDArray[np.bool_]]:
    """Cut signs out of a page, each without the ink of others.

    A piece of ink belongs to the box that holds most of it, as far as it reaches; what several
    boxes hold, as where digits touch, is cut at their sides.

    Args:
        page: normalised, its digits about DIGIT_PX high.
        found: the signs on it, boxes in its px, the surest first.

    Returns:
        Shape (count, 28, 28), float32, 0–1; 0 everywhere where a box holds no ink. And of each,
        shape (count,), whether nothing was cut: its ink hangs together with no other's.
    """
    count, found_pieces = cv2.connectedComponents((page > _INK).astype(np.uint8))
    pieces = np.asarray(found_pieces, np.int32)
    sizes = np.bincount(pieces.ravel(), minlength=count)
    places = found.boxes.round().astype(int)
    places = np.clip(places, 0, np.array(page.shape[::-1] * 2)).tolist()
    held = [_held(pieces[top:bottom, left:right], sizes) for left, top, right, bottom in places]
    owners, holders = np.full(count, -1), np.zeros(count, np.intp)
    for index in np.flatnonzero(found.presence >= _SURE)[::-1]:
        labels, share, _ = held[index]
        owners[labels[share > _MOST]] = index
        holders[labels[share > _SOME]] += 1
    apart = iou(found.boxes, found.boxes) < _APART
    inks = np.zeros((len(places), CANVAS_PX, CANVAS_PX), np.float32)
    free = np.zeros(len(places), np.bool_)
    for index, ((left, top, right, bottom), (labels, share, part)) in enumerate(
        zip(places, held, strict=True)
    ):
        owner = owners[labels]
        own = (share > _MOST) & (holders[labels] <= 1)
        foreign = (part < _MAIN) & (owner >= 0) & apart[index, owner]
        free[index] = part[~own & ~foreign].sum() < _LITTLE
        first_row, first_column = max(0, top - _REACH_PX), max(0, left - _REACH_PX)
        around = np.s_[first_row : bottom + _REACH_PX, first_column : right + _REACH_PX]
        inside = np.s_[
            top - first_row : bottom - first_row, left - first_column : right - first_column
        ]
        mask = _among(labels[own], count)[pieces[around]]
        mask[inside] |= ~_among(labels[foreign], count)[pieces[around][inside]]
        inks[index] = _framed(page[around], mask)
    return inks, free


def _held(
    pieces: NDArray[np.int32], sizes: NDArray[np.intp]
) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Return which pieces of ink lie in a box, which share of each, and of all ink there, 0–1."""
    labels, counts = np.unique(pieces[pieces > 0], return_counts=True)
    share, part = counts / sizes[labels], counts / max(1, counts.sum())
    return labels, np.asarray(share, np.float32), np.asarray(part, np.float32)


def _among(labels: NDArray[np.int32], count: int) -> NDArray[np.bool_]:
    """Tell of each of so many pieces of ink whether it is one of these."""
    every = np.zeros(count, np.bool_)
    every[labels] = True
    return every


def _framed(page: Grey, mask: NDArray[np.bool_]) -> Ink:
    """Frame what a mask leaves of a normalised page, as strong as can be; 0 where that is blank."""
    ink = (np.maximum(page, PAPER) - PAPER) * mask / np.float32(255 - PAPER)
    ink[ink < _FAINT] = 0
    try:
        return frame(ink.astype(np.float32) / max(float(ink.max(initial=0)), _FAINT))
    except BlankPicture:
        return np.zeros((CANVAS_PX, CANVAS_PX), np.float32)

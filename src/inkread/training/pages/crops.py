"""Signs cut out of pages that we write ourselves, for the network that looks closely."""

from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import NOT_A_DIGIT
from inkread.maps import DIGIT_PX, close_looks, iou
from inkread.training.pages.page import SIZES, Pages, even
from inkread.training.pages.targets import Page

_OFF = 0.06  # of a box's height: how far its sides are moved, as the page network may be off
_SHARED = 0.4  # IoU of a box with a digit from which on it may be taken for it
_ANYWHERE = 1  # boxes a page without anything in particular
_LINES = 0.6  # share of pages that lines run across: more than the page network sees
_WITHOUT = 0.15  # share of pages without numbers: more than the page network sees
_MOST = 12  # of what is no digit, on a page
_PARTS = 0.2  # share of these of which a part is cut out, too
_WRONG = 1.0  # boxes a page, on average, around part of a digit, or around two


@dataclass
class Crops:
    """Cuts signs out of pages, of which some have lines across."""

    pages: Pages

    def __post_init__(self) -> None:
        self.pages = copy(self.pages)
        self.pages.lines, self.pages.without = _LINES, _WITHOUT

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return close looks at signs, shape (size, 3, 28, 28), uint8, and their labels, 0–10."""
        looks: list[NDArray[np.float32]] = []
        labels: list[int] = []
        while len(labels) < size:
            page = self.pages.page(SIZES[rng.integers(len(SIZES))], rng)
            boxes, names = _boxes(page, rng)
            looks += list(close_looks(even(page.picture), boxes))
            labels += names
        return (np.stack(looks[:size]) * 255 + 0.5).astype(np.uint8), np.array(labels[:size])


def _boxes(page: Page, rng: np.random.Generator) -> tuple[NDArray[np.float32], list[int]]:
    """Return where to cut, a little off, and what stands there."""
    digit = page.labels < NOT_A_DIGIT
    inside = _inside(page.boxes, page)
    signs, labels = page.boxes[inside], page.labels[inside]
    names = np.where(labels < NOT_A_DIGIT, labels, NOT_A_DIGIT).tolist()
    kept = rng.random(len(signs)) < np.where(np.array(names) < NOT_A_DIGIT, 1, 0.2)
    middles = rng.uniform(0, page.picture.shape[::-1], (_ANYWHERE, 2))
    half = rng.uniform((6, 10), (16, 22), (_ANYWHERE, 2))
    anywhere = np.concatenate([middles - half, middles + half], axis=1).astype(np.float32)
    beside = page.others[_inside(page.others, page)]
    beside = rng.permutation(beside)[:_MOST]
    others = np.concatenate([beside, _parts(beside, rng), anywhere, _of_lines(page, rng)])
    if digit.any():
        others = others[iou(others, page.boxes[digit]).max(axis=1) < 0.25]
        others = np.concatenate([others, _wrong(page.boxes[digit & inside], rng)])
    boxes = np.concatenate([signs[kept], others])
    boxes = boxes + rng.normal(0, _OFF, boxes.shape) * (boxes[:, 3:] - boxes[:, 1:2])
    every = [name for name, taken in zip(names, kept, strict=True) if taken]
    return boxes.astype(np.float32), every + [NOT_A_DIGIT] * len(others)


def _parts(letters: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return boxes around parts of letters, that may look like digits: अ is a 3 and a 2."""
    boxes = letters[rng.random(len(letters)) < _PARTS]
    axis = (rng.random(len(boxes)) < 0.3).astype(int)  # 0: left or right; 1: above or below
    rows = np.arange(len(boxes))
    length = boxes[rows, axis + 2] - boxes[rows, axis]
    share = rng.uniform(0.35, 0.75, len(boxes)).astype(np.float32)
    boxes[rows, axis] += rng.integers(0, 2, len(boxes)) * (1 - share) * length
    boxes[rows, axis + 2] = boxes[rows, axis] + share * length
    return boxes


def _wrong(digits: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return boxes as a page network may wrongly see them: part of a digit, or two as one."""
    found = [np.zeros((0, 4), np.float32)]
    for _ in range(rng.poisson(_WRONG) if len(digits) else 0):
        box = digits[rng.integers(len(digits))].copy()
        if rng.random() < 0.3:
            other = digits[rng.integers(len(digits))]
            between = np.maximum(other[:2] - box[2:], box[:2] - other[2:])
            near = between.max() < 0.5 * (box[3] - box[1])
            box[:2], box[2:] = np.minimum(box[:2], other[:2]), np.maximum(box[2:], other[2:])
            if not near or iou(box[None], digits).max() > _SHARED:
                continue
        else:
            axis, share = rng.integers(2), rng.uniform(0.15, _SHARED)
            length = box[axis + 2] - box[axis]
            box[axis] += rng.choice([0, rng.uniform(), 1]) * (1 - share) * length
            box[axis + 2] = box[axis] + share * length
        found.append(box[None])
    return np.concatenate(found)


def _of_lines(page: Page, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return boxes on the diagonals of what is too large for a sign: pieces of long lines."""
    found = [np.zeros((0, 4), np.float32)]
    for box in page.others:
        size = box[2:] - box[:2]
        if size.max() < 2 * DIGIT_PX:
            continue
        for _ in range(2):
            share = rng.uniform(0.5, 1.5) * DIGIT_PX / size.max()
            low = rng.uniform(0, 1 - share)
            left = low if rng.random() < 0.5 else 1 - low - share
            corner = box[:2] + size * np.array([left, low])
            found.append(np.concatenate([corner, corner + np.maximum(size * share, 4)])[None])
    pieces = np.concatenate(found).astype(np.float32)
    return pieces[_inside(pieces, page)]


def _inside(boxes: NDArray[np.float32], page: Page) -> NDArray[np.bool_]:
    """Tell which boxes lie on the page but for a little."""
    height, width = page.picture.shape
    off = np.maximum(np.maximum(-boxes, boxes - np.array([width, height] * 2)), 0).max(axis=1)
    return np.asarray(off < 4)

"""Signs cut out of pages that we write ourselves, for the network that looks closely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import NOT_A_DIGIT
from inkread.maps import crops, iou
from inkread.training.pages.page import SIZES, Pages, even
from inkread.training.pages.targets import Page

_OFF = 0.06  # of a box's height: how far its sides are moved, as the page network may be off
_ANYWHERE = 1  # boxes a page without anything in particular


@dataclass
class Crops:
    """Cuts signs out of pages."""

    pages: Pages

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return inks, shape (size, 28, 28), uint8, and their labels, 0–10."""
        inks: list[NDArray[np.float32]] = []
        labels: list[int] = []
        while len(labels) < size:
            page = self.pages.page(SIZES[rng.integers(len(SIZES))], rng)
            boxes, names = _boxes(page, rng)
            inks += list(crops(even(page.picture), boxes))
            labels += names
        return (np.stack(inks[:size]) * 255 + 0.5).astype(np.uint8), np.array(labels[:size])


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
    others = np.concatenate([page.others[_inside(page.others, page)], anywhere])
    if digit.any():
        others = others[iou(others, page.boxes[digit]).max(axis=1) < 0.25]
    boxes = np.concatenate([signs[kept], others])
    boxes = boxes + rng.normal(0, _OFF, boxes.shape) * (boxes[:, 3:] - boxes[:, 1:2])
    every = [name for name, taken in zip(names, kept, strict=True) if taken]
    return boxes.astype(np.float32), every + [NOT_A_DIGIT] * len(others)


def _inside(boxes: NDArray[np.float32], page: Page) -> NDArray[np.bool_]:
    """Tell which boxes lie on the page but for a little."""
    height, width = page.picture.shape
    off = np.maximum(np.maximum(-boxes, boxes - np.array([width, height] * 2)), 0).max(axis=1)
    return np.asarray(off < 4)

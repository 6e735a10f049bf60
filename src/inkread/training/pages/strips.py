"""Numbers cut out of pages that we write ourselves, for the network that reads them whole."""

from copy import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from inkread.data.digits import NOT_A_DIGIT
from inkread.lines import numbers
from inkread.maps import PAPER, SIGNS, Floats, Found, polarity
from inkread.picture import Grey
from inkread.strips import STRIP_PX, strip
from inkread.training.pages.page import Pages
from inkread.training.pages.targets import Page

MOST = 24  # digits of a number
_SIZES = ((64, 288), (56, 352), (112, 224))  # of pages, (height, width), px
_LINES = 0.3  # share of pages that lines run across
_OFF = 0.06  # of a box's height: how far its sides are moved, as the page network may be off
_MISSED = 0.12  # share of numbers of which the first or the last digit is not among the boxes
_WRONG = 0.12  # share with one box too much
_BARE = 0.25  # share of pages of which a strip is cut that may be without any digit
_LOW_PX = 10  # height under which nothing is taken for a digit
_IN, _OUT = 0.65, 0.2  # share of a digit that lies in the strip: over, it is read; under, it is not
_LEVEL = 0.6  # heights by which a digit of the number may lie off the strip's middle
_NONE = -1


@dataclass
class Strips:
    """Cuts numbers out of pages, of which some have lines across."""

    pages: Pages
    lines: float = _LINES

    def __post_init__(self) -> None:
        self.pages = copy(self.pages)
        self.pages.lines = self.lines

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return strips, shape (size, 48, width), and their digits, shape (size, MOST).

        Strips are filled up with paper to the width of the longest; digits with −1.
        """
        shape = _SIZES[rng.integers(len(_SIZES))]
        cut: list[tuple[Grey, list[int]]] = []
        while len(cut) < size:
            cut += strips_of(self.pages.page(shape, rng), rng)
        cut = cut[:size]
        digits = np.full((size, MOST), _NONE, np.int64)
        for row, (_, text) in zip(digits, cut, strict=True):
            row[: len(text)] = text
        return side_by_side([each for each, _ in cut]), digits


def side_by_side(strips: list[Grey]) -> NDArray[np.uint8]:
    """Return strips as one array, shape (count, 48, width), filled up with paper."""
    longest = max(each.shape[1] for each in strips)
    together = np.full((len(strips), STRIP_PX, longest), PAPER, np.uint8)
    for place, each in zip(together, strips, strict=True):
        place[:, : each.shape[1]] = each
    return together


def strips_of(page: Page, rng: np.random.Generator) -> list[tuple[Grey, list[int]]]:
    """Return the strips of a page's numbers, as a page network may find them, and their digits."""
    logits = np.zeros((len(page.labels), len(SIGNS)), np.float32)
    logits[np.arange(len(page.labels)), page.labels] = 1
    found = Found(page.boxes, np.ones(len(page.labels), np.float32), logits)
    noise = polarity(page.picture)[1]
    places = [page.boxes[group[page.labels[group] < NOT_A_DIGIT]] for group in numbers(found)]
    if rng.random() < _BARE:
        places.append(_anywhere(page, rng))
    strips = []
    for place in places:
        cut = strip(page.picture, _as_found(place, rng), noise)
        if cut is not None and (digits := _digits(page, *cut)) is not None:
            strips.append((cut[0], digits))
    return strips


def _anywhere(page: Page, rng: np.random.Generator) -> Floats:
    """Return boxes that a page network may take for digits: of what is none, or of bare paper."""
    high = page.others[page.others[:, 3] - page.others[:, 1] >= _LOW_PX]
    if len(high) and rng.random() < 0.7:
        return high[[rng.integers(len(high))]]
    height, width = page.picture.shape
    tall = rng.uniform(_LOW_PX, max(_LOW_PX, height / 2))
    left, top = rng.uniform(0, 1, 2) * (width - tall, height - tall)
    across = np.arange(rng.integers(1, 5)) * rng.uniform(0.6, 1) * tall
    first = np.array([left, top, left + 0.6 * tall, top + tall])
    boxes: Floats = (first + across[:, None] * (1, 0, 1, 0)).astype(np.float32)
    return boxes


def _as_found(boxes: Floats, rng: np.random.Generator) -> Floats:
    """Return boxes a little off; at times one too few or too many."""
    if len(boxes) > 1 and rng.random() < _MISSED:
        boxes = boxes[1:] if rng.random() < 0.5 else boxes[:-1]
    high = boxes[:, 3:] - boxes[:, 1:2]
    boxes = boxes + rng.normal(0, _OFF, boxes.shape).astype(np.float32) * high
    if rng.random() < _WRONG:
        more = boxes[[0 if rng.random() < 0.5 else -1]]
        aside = rng.uniform(0.3, 1) * (1 if more[0, 0] > boxes[0, 0] else -1) * float(high.mean())
        boxes = np.concatenate([boxes, more + np.array([aside, 0] * 2, np.float32)])
    return boxes


def _digits(page: Page, cut: Grey, matrix: Floats) -> list[int] | None:
    """Return the digits in a strip, or None where it cannot be told which are."""
    digits = np.flatnonzero(page.labels < NOT_A_DIGIT)
    boxes = page.boxes[digits]
    middles = np.stack([boxes[:, ::2].mean(axis=1), boxes[:, 1::2].mean(axis=1)], axis=1)
    places = middles @ matrix[:, :2].T + matrix[:, 2]
    level = np.abs(places[:, 1] - STRIP_PX / 2) < _LEVEL * STRIP_PX / 2
    wide = np.maximum((boxes[:, 2] - boxes[:, 0]) * matrix[0, 0], 1)
    ends = np.stack([places[:, 0] - wide / 2, places[:, 0] + wide / 2], axis=1)
    page_ends = np.array([0, page.picture.shape[1]]) * matrix[0, 0] + matrix[0, 2]
    low, high = max(0.0, page_ends[0]), min(cut.shape[1], page_ends[1])
    share = (np.clip(ends, low, high) @ (-1, 1)) / wide
    if np.any(level & (share > _OUT) & (share < _IN)):
        return None
    read = np.flatnonzero(level & (share >= _IN))
    written: list[int] = page.labels[digits[read[np.argsort(places[read, 0])]]].tolist()
    return written[:MOST]


@torch.inference_mode()
def read_right(
    network: nn.Module, batches: list[tuple[NDArray[np.uint8], NDArray[np.int64]]]
) -> float:
    """Return the share, 0–1, of strips that a network reads right, by the likeliest steps."""
    network.eval()
    device = next(network.parameters()).device
    right = count = 0
    for pictures, digits in batches:
        logits = network(torch.from_numpy(pictures[:, None]).to(device).float() / 255).cpu()
        for steps, row in zip(logits.argmax(dim=2).numpy(), digits, strict=True):
            read = steps[np.diff(steps, prepend=NOT_A_DIGIT) != 0]
            right += read[read < NOT_A_DIGIT].tolist() == row[row >= 0].tolist()
        count += len(digits)
    return right / count

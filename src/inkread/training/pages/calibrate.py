"""Fits how sure a reading of a page may be, on pages with digits that were not trained on."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inkread.lines import numbers
from inkread.locate import Network, Signs, glance, look
from inkread.maps import Floats, iou, zoomed
from inkread.naming import DIGITS, Calibration, log_odds, named, presence_features
from inkread.page import COUNTS, likely
from inkread.training.pages.page import SIZES, Pages
from inkread.training.pages.targets import SEEN, Page, seen

LEAST_DIGITS = 50
SAME = 0.5  # IoU from which a sign that was found is the one that was written


class Judged(NamedTuple):
    """What was found on a page, and what of it is right.

    Attributes:
        signs: those found.
        labels: shape (count,): the digit that stands there, or −1.
        missed: shape (number, 4): boxes of digits that were not found.
    """

    signs: Signs
    labels: NDArray[np.int64]
    missed: Floats


def judged(pages: Pages, network: Network, count: int, rng: np.random.Generator) -> list[Judged]:
    """Write pages, at any size, and look at them."""
    return [
        _judge(pages.page(SIZES[rng.integers(len(SIZES))], rng), network, rng) for _ in range(count)
    ]


def fit(found: list[Judged]) -> Calibration:
    """Fit all that `Calibration` holds; each part on what the parts before it give.

    Where hardly anything is found there is nothing to fit to: it stays as it is by default.
    """
    if sum(int((each.labels >= 0).sum()) for each in found) < LEAST_DIGITS:
        return Calibration()
    seen, looked = _names(found)
    calibration = Calibration(seen=seen, looked=looked)
    calibration = replace(calibration, presence=_presence(found, calibration))
    return replace(calibration, number=_number(found, calibration))


def right_numbers(
    found: list[Judged], calibration: Calibration
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the product of each number's probabilities, and whether it is right."""
    products, right = [], []
    for each in found:
        every = named(each.signs, calibration)
        counts = np.flatnonzero(every.there >= COUNTS)
        for group in numbers(each.signs.found.take(counts)):
            members = counts[group]
            digits = members[every.is_digit[members]]
            products.append(likely(each.signs.found.boxes, every, members))
            names_right = every.digits[digits].argmax(axis=1) == each.labels[digits]
            right.append(bool(names_right.all()) and not _left_out(each, members))
    return np.array(products, np.float32), np.array(right, np.bool_)


def _judge(page: Page, network: Network, rng: np.random.Generator) -> Judged:
    factor = float(np.exp(rng.uniform(np.log(0.6), np.log(2.5))))
    signs = look(glance(zoomed(page.picture, factor), network), network)
    height, width = page.picture.shape
    whole = np.array([seen(each, width, height) >= SEEN for each in page.boxes], np.bool_)
    digit = (page.labels < DIGITS) & whole
    boxes, wanted = page.boxes[digit] * np.float32(factor), page.labels[digit]
    labels = np.full(len(signs.inks), -1, np.int64)
    missed = np.ones(len(boxes), np.bool_)
    if len(boxes) and len(labels):
        shared = iou(signs.found.boxes, boxes)
        for index in range(len(labels)):  # the surest first
            best = int(shared[index].argmax())
            if shared[index, best] >= SAME and missed[best]:
                labels[index], missed[best] = wanted[best], False
    return Judged(signs, labels, boxes[missed])


def _left_out(each: Judged, members: NDArray[np.intp]) -> bool:
    """Tell whether a digit that was written among a number's signs is not one of them."""
    boxes = each.signs.found.boxes
    low, high = boxes[members, :2].min(axis=0), boxes[members, 2:].max(axis=0)
    known = np.zeros(len(boxes), np.bool_)
    known[members] = True
    others = np.concatenate([each.missed, boxes[~known & (each.labels >= 0)]])
    middles = (others[:, :2] + others[:, 2:]) / 2
    return bool(np.any(np.all((middles > low) & (middles < high), axis=1)))


def _names(found: list[Judged]) -> tuple[float, float]:
    """Fit how much to trust each network's name of a digit."""
    labels = np.concatenate([each.labels for each in found])
    seen = np.concatenate([each.signs.found.signs[:, :DIGITS] for each in found])
    looked = np.concatenate([each.signs.named[:, :DIGITS] for each in found])
    digit = torch.from_numpy(labels >= 0)
    parts = [
        torch.log_softmax(torch.from_numpy(seen), 1)[digit],
        torch.log_softmax(torch.log(torch.from_numpy(looked) + 1e-6), 1)[digit],
    ]
    weights = torch.full((2,), 0.5, requires_grad=True)
    truth = torch.from_numpy(labels)[digit]

    def loss() -> Tensor:
        return functional.cross_entropy(weights[0] * parts[0] + weights[1] * parts[1], truth)

    _minimise(weights, loss)
    first, second = weights.tolist()
    return first, second


def _presence(found: list[Judged], calibration: Calibration) -> tuple[float, ...]:
    """Fit how sure it is that there is a digit."""
    rows, labels = [], []
    for each in found:
        if len(each.labels):
            is_digit = named(each.signs, calibration).is_digit
            rows.append(np.stack(presence_features(each.signs), axis=1)[is_digit])
            labels.append((each.labels >= 0)[is_digit])
    return tuple(_logistic(np.concatenate(rows), np.concatenate(labels)))


def _number(found: list[Judged], calibration: Calibration) -> tuple[float, float]:
    """Fit how sure a whole number is."""
    products, right = right_numbers(found, calibration)
    bias, weight = _logistic(log_odds(products)[:, None], right)
    return bias, weight


def _logistic(features: Floats, labels: NDArray[np.bool_]) -> list[float]:
    """Fit a logistic function: its bias and its weights."""
    rows = torch.from_numpy(np.concatenate([np.ones_like(features[:, :1]), features], axis=1))
    weights = torch.zeros(rows.shape[1], requires_grad=True)
    truth = torch.from_numpy(labels.astype(np.float32))
    _minimise(
        weights,
        lambda: (
            functional.binary_cross_entropy_with_logits(rows @ weights, truth)
            + 1e-4 * weights.square().sum()
        ),
    )
    return [float(each) for each in weights.tolist()]


def _minimise(weights: Tensor, loss: Callable[[], Tensor]) -> None:
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss()
        torch.autograd.backward(value)
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]

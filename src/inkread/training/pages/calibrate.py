"""Fits how sure a reading of a page may be, on pages with digits that were not trained on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inkread.around import letters_around
from inkread.glance import Glance, Network, glance
from inkread.locate import Signs, look
from inkread.maps import Floats, iou, zoomed
from inkread.naming import (
    DIGITS,
    Calibration,
    Named,
    named,
    names,
    number_features,
    presence_features,
)
from inkread.page import along, counted, digits_among
from inkread.training.pages.page import SIZES, Pages
from inkread.training.pages.targets import SEEN, Page, seen
from inkread.whole import likeliest, readings, scores

LEAST_DIGITS = 50
SAME = 0.5  # IoU from which a sign that was found is the one that was written
NONE = -1
CUT = -2  # of a digit that too little is seen of to ask for, and too much to call it none
_EVEN = 0.3  # weight of each name, from which fits begin and to which few digits keep
_CUT = 0.1  # IoU, with what is seen of such a digit, from which a sign may be it


class Judged(NamedTuple):
    """What was found on a page, and what of it is right.

    Attributes:
        page: as it was glanced at.
        signs: those found.
        labels: shape (count,): the digit that stands there; NONE; or CUT, where the page cuts it.
        missed: shape (number, 4): boxes of digits that were not found.
        missing: shape (number,): these digits.
    """

    page: Glance
    signs: Signs
    labels: NDArray[np.int64]
    missed: Floats
    missing: NDArray[np.int64]


class Number(NamedTuple):
    """A number that was found: what `whole.likeliest` takes, what is written there, and its signs.

    Attributes:
        near: places of its signs in `signs`, as `digits_among` gives them.
        letters: around it, shape (2,), as `letters_around` gives them.
    """

    there: Floats
    digits: Floats
    steps: Floats
    text: str
    signs: Signs
    near: NDArray[np.intp]
    letters: Floats


def judged(
    pages: Pages,
    network: Network,
    count: int,
    rng: np.random.Generator,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> list[Judged]:
    """Write pages of some sizes, (height, width) in px, and look at them, larger or smaller."""
    every = [sizes[int(rng.integers(len(sizes)))] for _ in range(count)]
    return [_judge(pages.page(each, rng), network, rng) for each in every]


def fit(found: list[Judged], words: list[Judged], network: Network) -> Calibration:
    """Fit all that `Calibration` holds; each part on what the parts before it give.

    Where hardly anything is found there is nothing to fit to: it stays as it is by default.

    Args:
        found: on pages as people hand them in.
        words: on pages of words, with numbers among them or none: by these, too, it is fitted how
            sure a number may be, but not what is read.
        network: that looked.
    """
    if sum(int((each.labels >= 0).sum()) for each in found) < LEAST_DIGITS:
        return Calibration()
    free, joined = _names(found)
    calibration = Calibration(free=free, joined=joined)
    calibration = replace(calibration, presence=_presence(found, calibration))
    every = numbers_of(found, calibration, network)
    calibration = replace(calibration, whole=_whole(every))
    every += numbers_of(words, calibration, network)
    features, right = right_numbers(every, calibration)
    stands = np.array([bool(each.text) for each in every], np.bool_)
    bias, weight = _logistic(features[stands, :1], right[stands])
    return replace(calibration, stands=tuple(_logistic(features, stands)), number=(bias, weight))


def numbers_of(found: list[Judged], calibration: Calibration, network: Network) -> list[Number]:
    """Return the numbers that are counted on pages, but for those that the page cuts off."""
    numbers = []
    for each in found:
        every = named(each.signs, calibration)
        groups = counted(each.page, each.signs, every)
        letters = letters_around(each.page, each.signs.found.boxes, groups)
        numbers += [
            _number(each, every, members, around, network)
            for members, around in zip(groups, letters, strict=True)
            if CUT not in each.labels[digits_among(each.signs, every, members)]
        ]
    return numbers


def right_numbers(
    every: list[Number], calibration: Calibration
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the `number_features` of each number as it is read, and whether it is right."""
    read = [likeliest(*each[:3], calibration.whole) for each in every]
    both = list(zip(read, every, strict=True))
    right = [each.text == number.text for each, number in both]
    features = [
        number_features(
            each.probability, number.signs, number.near[list(each.places)], number.letters
        )
        for each, number in both
    ]
    rows = np.array(features, np.float32).reshape(-1, len(Calibration().stands) - 1)
    return rows, np.array(right, np.bool_)


def _judge(page: Page, network: Network, rng: np.random.Generator) -> Judged:
    factor = float(np.exp(rng.uniform(np.log(0.6), np.log(2.5))))
    glanced = glance(zoomed(page.picture, factor), network)
    signs = look(glanced, network)
    bare = [each._replace(maps=np.zeros((0, 0, 0), np.float32)) for each in glanced.views]
    glanced = glanced._replace(views=bare)  # their maps take much memory
    height, width = page.picture.shape
    whole = np.array([seen(each, width, height) >= SEEN for each in page.boxes], np.bool_)
    digit = (page.labels < DIGITS) & whole
    boxes, wanted = page.boxes[digit] * np.float32(factor), page.labels[digit]
    parts = np.clip(page.boxes[~whole], 0, (width, height) * 2) * np.float32(factor)
    touches = iou(signs.found.boxes, parts).max(axis=1, initial=0) > _CUT
    labels = np.where(touches, CUT, NONE)
    missed = np.ones(len(boxes), np.bool_)
    if len(boxes) and len(labels):
        shared = iou(signs.found.boxes, boxes)
        for index in range(len(labels)):  # the surest first
            best = int(shared[index].argmax())
            if shared[index, best] >= SAME and missed[best]:
                labels[index], missed[best] = wanted[best], False
    return Judged(glanced, signs, labels, boxes[missed], wanted[missed])


def _number(
    each: Judged, every: Named, members: NDArray[np.intp], letters: Floats, network: Network
) -> Number:
    """Return a number with the digits that were written where it was found."""
    near = digits_among(each.signs, every, members)
    boxes, right = each.signs.found.boxes, each.labels >= 0
    written = np.concatenate([boxes[right], each.missed])
    middles = (written[:, :2] + written[:, 2:]) / 2
    low, high = boxes[members, :2].min(axis=0), boxes[members, 2:].max(axis=0)
    reach = np.array([0.5 * (high[1] - low[1]), 0])
    inside = np.flatnonzero(np.all((middles > low - reach) & (middles < high + reach), axis=1))
    names = np.concatenate([each.labels[right], each.missing])
    text = "".join(map(str, names[inside[np.argsort(middles[inside, 0])]]))
    steps = along(each.page, each.signs, every, members, network)
    return Number(every.there[near], every.digits[near], steps, text, each.signs, near, letters)


def _names(found: list[Judged]) -> list[tuple[float, ...]]:
    """Fit how much to trust each network's name of a digit: of free ones, and of joined ones."""
    labels = np.concatenate([each.labels for each in found])
    free = np.concatenate([each.signs.free for each in found])
    every = np.concatenate([names(each.signs) for each in found], axis=1)
    return [
        _weights(every[:, which], labels[which])
        for which in (free & (labels >= 0), ~free & (labels >= 0))
    ]


def _weights(every: Floats, labels: NDArray[np.int64]) -> tuple[float, ...]:
    """Fit the weights of names, log-probabilities of shape (3, count, 10)."""
    parts, truth = torch.from_numpy(every), torch.from_numpy(labels)
    weights = torch.full((len(parts),), _EVEN, requires_grad=True)

    def loss() -> Tensor:
        odds = torch.einsum("p,pnd->nd", weights, parts)
        return (
            functional.cross_entropy(odds, truth, reduction="sum")
            + (weights - _EVEN).square().sum()
        )

    _minimise(weights, loss)
    return tuple(weights.tolist())


def _presence(found: list[Judged], calibration: Calibration) -> tuple[float, ...]:
    """Fit how sure it is that there is a digit."""
    rows, labels = [], []
    for each in found:
        if len(each.labels):
            told = named(each.signs, calibration).is_digit & (each.labels != CUT)
            rows.append(np.stack(presence_features(each.signs), axis=1)[told])
            labels.append((each.labels >= 0)[told])
    return tuple(_logistic(np.concatenate(rows), np.concatenate(labels)))


def _whole(every: list[Number]) -> tuple[float, float]:
    """Fit how much to trust what signs and what steps say of a reading, where one is right."""
    told = [(each, readings(*each[:3])) for each in every]
    known = [
        (torch.from_numpy(scores(ways, each.steps)), list(ways).index(each.text))
        for each, ways in told
        if each.text in ways
    ]
    if not known:
        return Calibration().whole
    rows = torch.nn.utils.rnn.pad_sequence(
        [row for row, _ in known], batch_first=True, padding_value=-1e4
    )
    truth = torch.tensor([index for _, index in known])
    weights = torch.full((2,), 0.5, requires_grad=True)
    _minimise(weights, lambda: functional.cross_entropy(rows @ weights, truth))
    signs, steps = weights.tolist()
    return signs, steps


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

"""What networks say of a sign → which digit it is, and how sure that and a number are."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkread.locate import Signs
from inkread.maps import Floats

DIGITS = 10
_LEAST = 1e-6
_ALIKE = 0.6  # of the logarithm of a ratio of heights
_BESIDE = 0.9  # heights between a sign and one beside it at most
_LEVEL = 0.6  # heights by which that one stands higher or lower at most
_LIKE = 0.9  # of the logarithm of the ratio of their heights
_MEASURES = 3  # signs at most that one is measured by: the nearest
_SURE = 0.6  # presence from which a sign is what others are measured by


@dataclass(frozen=True)
class Calibration:
    """What turns the networks' answers into probabilities; fitted on pages held out in training.

    Attributes:
        free: weights of what three networks call a sign whose ink hangs together with no other's:
            the page network; the sign network, having looked closely; and the digit network that
            ships for single digits, by the ink alone.
        joined: the same for one whose ink does: it was cut.
        presence: of a digit being there at all, as a logistic function: its bias, and the weights
            of what `presence_features` returns.
        whole: weights of what a number's signs say of a reading, and of what the network says that
            reads numbers whole.
        stands: of a number standing there at all, as a logistic function: its bias, and the
            weights of what `number_features` returns.
        number: of a whole number being right where one stands, as a logistic function of how
            likely its reading is beside others: bias and weight.
    """

    free: tuple[float, ...] = (1.0, 1.0, 0.0)
    joined: tuple[float, ...] = (1.0, 1.0, 0.0)
    presence: tuple[float, ...] = (0.0, 1.0, *(0.0,) * 8)
    whole: tuple[float, float] = (1.0, 1.0)
    stands: tuple[float, ...] = (8.0, *(0.0,) * 7)
    number: tuple[float, float] = (0.0, 1.0)


class Named(NamedTuple):
    """Signs with their probabilities.

    Attributes:
        there: shape (count,), 0–1: that there is a sign of the likelier kind, digit or separator.
        digits: shape (count, 10), 0–1: of each digit, given that it is one; rows sum to 1.
        is_digit: shape (count,): whether it is a digit rather than a separator.
    """

    there: Floats
    digits: Floats
    is_digit: np.ndarray


def named(signs: Signs, calibration: Calibration) -> Named:
    """Name signs."""
    is_digit = signs.found.is_digit
    weights = np.where(signs.free[:, None], calibration.free, calibration.joined)
    digits = np.einsum("np,pnd->nd", weights, names(signs)).astype(np.float32)
    bias, *slopes = calibration.presence
    odds = np.stack(presence_features(signs), axis=1) @ np.array(slopes, np.float32) + bias
    there = np.where(is_digit, _share(odds), signs.found.presence)
    return Named(there.astype(np.float32), np.exp(_log_shares(digits)), is_digit)


def names(signs: Signs) -> Floats:
    """Return what each network calls signs, shape (3, count, 10), as log-probabilities.

    The networks are those of `Calibration.free`.
    """
    looked = (np.log(np.maximum(each, _LEAST)) for each in (signs.named, signs.alone))
    parts = (signs.found.signs, *looked)
    return np.stack([_log_shares(each[:, :DIGITS]) for each in parts])


def presence_features(signs: Signs) -> tuple[Floats, ...]:
    """Return what tells whether there is a digit, each of shape (count,).

    In log-odds: the page network's presence, its being a digit rather than a separator, and its
    being none to the sign network and to the digit network. Then by how much it is higher or lower
    than the digits around, as a logarithm; how sure it is that others of its height stand right
    beside it, one at each side, 0–2; which share of it, 0–1, a surer sign covers; at how many sides
    of it, 0–2, a mark stands that is no sign; and how much fainter it is than others.
    """
    seen = _log_shares(signs.found.signs)
    rather = _log_sum(seen[:, :DIGITS]) - _log_sum(seen[:, DIGITS:])
    return (
        log_odds(signs.found.presence),
        np.clip(rather, -8, 8),
        log_odds(signs.named[:, DIGITS]),
        log_odds(signs.alone[:, DIGITS]),
        _unlike(signs.found.boxes, signs.found.presence),
        _company(signs.found.boxes, signs.found.presence),
        _covered(signs.found.boxes, signs.found.presence),
        signs.strangers,
        signs.faintness,
    )


def _company(boxes: Floats, presence: Floats) -> Floats:
    """Return the presence of the surest neighbour at the left and at the right, added up."""
    heights = np.maximum(boxes[:, 3] - boxes[:, 1], 1)
    higher = np.maximum(heights[:, None], heights[None])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    across, down = np.moveaxis(middles[None] - middles[:, None], 2, 0)
    gap = np.maximum(boxes[None, :, 0] - boxes[:, None, 2], boxes[:, None, 0] - boxes[None, :, 2])
    beside = (gap < _BESIDE * higher) & (np.abs(down) < _LEVEL * higher)
    beside &= np.abs(np.log(heights[:, None] / heights[None])) < _LIKE
    near = np.where(beside, presence[None], 0)
    sides = [np.where(side, near, 0).max(axis=1, initial=0) for side in (across < 0, across > 0)]
    return np.asarray(sides[0] + sides[1], np.float32)


def _covered(boxes: Floats, presence: Floats) -> Floats:
    """Return the share of each box that lies in that of a surer sign, times its presence."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    share = shared / np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 1), axis=1)[:, None]
    surer = presence[None] > presence[:, None]
    covered = np.where(surer, share * presence[None], 0).max(axis=1, initial=0)
    return np.asarray(covered, np.float32)


def _unlike(boxes: Floats, presence: Floats) -> Floats:
    """Return how much the height of each box differs from that of sure signs near, as |log|.

    Noughts are often written half as high as other digits: that much is no difference.
    """
    heights = np.maximum(boxes[:, 3] - boxes[:, 1], 1)
    sure = np.flatnonzero((presence > _SURE) & (heights > 0.4 * heights.max(initial=0)))
    if not len(sure):
        return np.zeros(len(boxes), np.float32)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = np.abs(middles[:, None] - middles[None, sure]).sum(axis=2)
    away[sure, np.arange(len(sure))] = np.inf
    nearest = np.argsort(away, axis=1)[:, :_MEASURES]
    is_other = np.isfinite(np.take_along_axis(away, nearest, axis=1))
    others = np.where(is_other, heights[sure][nearest], np.nan)
    others[~is_other[:, 0], 0] = heights[~is_other[:, 0]]  # the only sure one differs from none
    ratio = np.abs(np.log(heights / np.nanmedian(others, axis=1)))
    return np.asarray(np.maximum(ratio - _ALIKE, 0), np.float32)


def number_features(
    likely: float, signs: Signs, places: NDArray[np.intp], letters: Floats
) -> Floats:
    """Return what tells whether a number stands there, shape (7,).

    How likely its reading is beside others, in log-odds; then, on average of its digits, at how
    many sides of each a mark stands that is no sign, its being no digit to the digit network, in
    log-odds, one by how many they are, and whether its ink hangs together with another's; then the
    logarithm of one and the letters around the number, and how far the next one is to the right.

    Args:
        likely: 0–1.
        signs: of the page.
        places: of the number's digits, at least one.
        letters: around it, shape (2,), as `letters_around` gives them.
    """
    count, gap = letters
    told = (
        log_odds(np.array([likely], np.float32)),
        signs.strangers[places],
        log_odds(signs.alone[places, DIGITS]),
        1 / len(places),
        ~signs.free[places],
        np.log1p(count),
        gap,
    )
    return np.array([np.mean(each) for each in told], np.float32)


def number_confidence(features: Floats, calibration: Calibration) -> Floats:
    """Return the probabilities, shape (count,), 0–1, that numbers are right.

    Args:
        features: shape (count, 7), as `number_features` returns them.
        calibration: of the networks.
    """
    bias, weight = calibration.number
    right = _share(bias + weight * features[:, 0])
    return np.asarray(number_stands(features, calibration) * right, np.float32)


def number_stands(features: Floats, calibration: Calibration) -> Floats:
    """Return the probabilities, shape (count,), 0–1, that numbers stand there, right or wrong.

    Args:
        features: shape (count, 7), as `number_features` returns them.
        calibration: of the networks.
    """
    bias, *weights = calibration.stands
    return _share(features @ np.array(weights, np.float32) + bias)


def log_odds(shares: Floats) -> Floats:
    """Return the log-odds of probabilities, bounded."""
    inside = np.clip(shares.astype(np.float64), 1e-5, 1 - 1e-5)
    return np.log(inside / (1 - inside)).astype(np.float32)


def _share(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


def _log_shares(logits: Floats) -> Floats:
    return logits - _log_sum(logits)[:, None]


def _log_sum(logits: Floats) -> Floats:
    top = logits.max(axis=1, initial=-1e9)
    return np.asarray(top + np.log(np.exp(logits - top[:, None]).sum(axis=1)), np.float32)

"""Fits how sure a trained network may be, on writing that it was not trained on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkread.engine import softmax

Logits = NDArray[np.float32]
TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(2), 141))
SHIFTS = np.linspace(-6, 1, 71)
HARDLY = 0.002


@dataclass(frozen=True)
class Calibration:
    """What is done to the logits of a trained network.

    Attributes:
        temperature: they are divided by.
        shift: is added before to the logit of what is no digit.
    """

    temperature: float
    shift: float


@dataclass(frozen=True)
class Rule:
    """When a reading is refused.

    Attributes:
        threshold: under this confidence it is unsure.
        no_digit: over this probability of no digit it is none.
    """

    threshold: float
    no_digit: float

    def refused(self, probabilities: NDArray[np.float32]) -> float:
        """Return the share, 0–1, of rows of 11 that are refused."""
        unsure = probabilities[:, :10].max(axis=1) < self.threshold
        return float((unsure | (probabilities[:, 10] > self.no_digit)).mean())


def fit(
    sets: Sequence[tuple[Logits, NDArray[np.int64]]], rule: Rule, most_refused: float
) -> Calibration:
    """Fit the temperature to digits of several writers, and how readily others are refused.

    The shift is the largest under which no more than a given share of the digits of any set is
    refused, be it as unsure or as no digit; where more are unsure anyway, it is the largest that
    refuses hardly any beside these. The temperature is the one under which the sets' labels are
    the most probable, each set counting alike.

    Args:
        sets: logits, shape (count, 11), with labels, shape (count,), 0–9.
        rule: when a reading is refused.
        most_refused: share, 0–1, of digits.
    """
    temperature, shift = 1.0, 0.0
    for _ in range(3):  # each depends a little on the other
        temperature = _temperature(sets, shift)
        shift = _shift(sets, temperature, rule, most_refused)
    return Calibration(float(temperature), float(shift))


def _temperature(sets: Sequence[tuple[Logits, NDArray[np.int64]]], shift: float) -> float:
    def loss(temperature: float) -> float:
        losses = []
        for logits, labels in sets:
            rows = _probabilities(logits, temperature, shift)
            of_label = rows[np.arange(len(labels)), labels]
            losses.append(float(-np.log(np.maximum(of_label, 1e-9)).mean()))
        return sum(losses) / len(losses)

    return float(min(TEMPERATURES.tolist(), key=loss))


def _shift(
    sets: Sequence[tuple[Logits, NDArray[np.int64]]],
    temperature: float,
    rule: Rule,
    most_refused: float,
) -> float:
    def refused(shift: float) -> float:
        return max(rule.refused(_probabilities(rows, temperature, shift)) for rows, _ in sets)

    limit = max(most_refused, refused(-np.inf) + HARDLY)
    allowed = [shift for shift in SHIFTS.tolist() if refused(shift) <= limit]
    return max(allowed, default=float(SHIFTS[0]))


def _probabilities(logits: Logits, temperature: float, shift: float) -> NDArray[np.float32]:
    shifted = logits.copy()
    shifted[:, 10] += shift
    return softmax(shifted / np.float32(temperature))

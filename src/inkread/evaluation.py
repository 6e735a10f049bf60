"""Reads labelled pictures and counts: how many are right, how many refused, how sure is sure."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import NOT_A_DIGIT
from inkread.data.labelled import NOT_A_DIGIT_NAME, LabelledSet
from inkread.errors import DataError, InkreadError
from inkread.reader import Reader
from inkread.readings import DigitReading

BINS = 15
WORST = 20
SURE = 0.9
CHUNK = 64  # pictures that each reader reads in its turn


@dataclass(frozen=True)
class Bin:
    """The readings of about the same confidence: were as many right as it says?

    Attributes:
        low: the least confidence, 0–1.
        high: the most.
        count: of readings.
        confidence: their mean; 0 where there are none.
        accuracy: the share of them that is right; 0 where there are none.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Mistake:
    """A picture that was read wrong.

    Attributes:
        id: of the picture in its set.
        row: of the picture in its set, from 0.
        truth: 0–9, or `not_a_digit`.
        best: the digit that was read.
        confidence: in it, 0–1.
    """

    id: str
    row: int
    truth: int | str
    best: int
    confidence: float


@dataclass(frozen=True)
class DigitFigures:
    """How the digits of a set were read.

    Attributes:
        count: of digits.
        accuracy: share whose `best` is right, whatever the verdict; a blank one is wrong.
        accuracy_low: lower end of its 95 % interval, after Wilson.
        accuracy_high: upper end.
        refused: share whose verdict is not `digit`.
        ece: expected calibration error of the confidence, in 15 bins.
        bins: of the confidence.
        confusion: 10×10 counts; rows are the truth, columns what was read. Blank ones are in none.
    """

    count: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    refused: float
    ece: float
    bins: tuple[Bin, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class OtherFigures:
    """How the pictures of a set that show no digit were read.

    Attributes:
        count: of them.
        refused: share whose verdict is not `digit`.
        surely_called_digits: share called a digit with over 90 % confidence.
    """

    count: int
    refused: float
    surely_called_digits: float


@dataclass(frozen=True)
class Evaluation:
    """How well a set was read.

    Attributes:
        name: of the set.
        digits: None where the set has none.
        others: None where all are digits.
        worst: the mistakes that the reader was surest of, up to 20.
        problems: what is wrong with the pictures that could not be read; no figure counts these.
        milliseconds: that a picture took, median of the means of batches.
    """

    name: str
    digits: DigitFigures | None
    others: OtherFigures | None
    worst: tuple[Mistake, ...]
    problems: tuple[str, ...]
    milliseconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return all figures, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Outcomes:
    """What one reader read of a set; a row a picture that could be read.

    Attributes:
        rows: of the pictures in their set, shape (count,).
        best: 0–9, or -1 where blank.
        confidence: 0–1.
        refused: whether the verdict is not `digit`.
        problems: of the pictures that could not be read.
        milliseconds: a picture, median of the means of batches.
    """

    rows: NDArray[np.int64]
    best: NDArray[np.int64]
    confidence: NDArray[np.float64]
    refused: NDArray[np.bool_]
    problems: tuple[str, ...]
    milliseconds: float


def hundredths(share: float) -> str:
    """Write a share, 0–1, rounded to hundredths of a per cent."""
    return f"{100 * share:.2f} %"


def evaluate(reader: Reader, labelled: LabelledSet) -> Evaluation:
    """Read a set of labelled pictures and count.

    Raises:
        DataError: not one of the pictures could be read.
    """
    return compare([reader], labelled)[0]


def compare(
    readers: Sequence[Reader],
    labelled: LabelledSet,
    on_step: Callable[[int], object] = lambda _: None,
) -> list[Evaluation]:
    """Read the same pictures with several readers, a few pictures each in turn.

    In turn, so that whatever else the machine does slows them all alike.

    Args:
        readers: one or more.
        labelled: the pictures.
        on_step: called with the number of pictures that all have read since the last call.

    Returns:
        One evaluation a reader, in their order.

    Raises:
        DataError: not one of the pictures could be read.
    """
    read: list[list[DigitReading | InkreadError]] = [[] for _ in readers]
    took: list[list[float]] = [[] for _ in readers]
    for start in range(0, len(labelled), CHUNK):
        pictures = labelled.pictures[start : start + CHUNK]
        for turn in range(len(readers)):
            which = (turn + start // CHUNK) % len(readers)  # each is the first now and then
            before = time.perf_counter()
            read[which] += readers[which].read_digits(pictures, return_errors=True)
            took[which].append((time.perf_counter() - before) * 1000 / len(pictures))
        on_step(len(pictures))
    outcomes = [_outcomes(*each, labelled) for each in zip(read, took, strict=True)]
    return [evaluation(each, labelled) for each in outcomes]


def _outcomes(
    readings: list[DigitReading | InkreadError], took: list[float], labelled: LabelledSet
) -> Outcomes:
    good = [(row, each) for row, each in enumerate(readings) if isinstance(each, DigitReading)]
    problems = tuple(each.message for each in readings if isinstance(each, InkreadError))
    if not good:
        raise DataError(
            f"not one of {len(labelled)} pictures could be read: {labelled.name}", hint=problems[0]
        )
    return Outcomes(
        rows=np.array([row for row, _ in good]),
        best=np.array([-1 if each.best is None else each.best for _, each in good]),
        confidence=np.array([each.confidence for _, each in good]),
        refused=np.array([each.verdict != "digit" for _, each in good]),
        problems=problems,
        milliseconds=float(np.median(took)),
    )


def evaluation(outcomes: Outcomes, labelled: LabelledSet) -> Evaluation:
    """Count what was read of a set."""
    labels = labelled.labels[outcomes.rows]
    digits = labels != NOT_A_DIGIT
    return Evaluation(
        name=labelled.name,
        digits=_digits(outcomes, labels, digits) if digits.any() else None,
        others=_others(outcomes, ~digits) if not digits.all() else None,
        worst=_worst(outcomes, labels, labelled.ids),
        problems=outcomes.problems,
        milliseconds=outcomes.milliseconds,
    )


def _digits(
    outcomes: Outcomes, labels: NDArray[np.int64], digits: NDArray[np.bool_]
) -> DigitFigures:
    truth, best = labels[digits], outcomes.best[digits]
    right = best == truth
    bins = reliability(outcomes.confidence[digits], right)
    low, high = wilson(int(right.sum()), len(right))
    return DigitFigures(
        count=len(truth),
        accuracy=float(right.mean()),
        accuracy_low=low,
        accuracy_high=high,
        refused=float(outcomes.refused[digits].mean()),
        ece=calibration_error(bins),
        bins=bins,
        confusion=_confusion(truth, best),
    )


def _others(outcomes: Outcomes, others: NDArray[np.bool_]) -> OtherFigures:
    refused = outcomes.refused[others]
    return OtherFigures(
        count=int(others.sum()),
        refused=float(refused.mean()),
        surely_called_digits=float((~refused & (outcomes.confidence[others] > SURE)).mean()),
    )


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    Source:
        Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    z = 1.959964  # the normal distribution has 95 % of its mass within ± z
    share = right / count
    middle = share + z * z / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    low, high = ((middle + sign * half) / (1 + z * z / count) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def reliability(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = BINS
) -> tuple[Bin, ...]:
    """Sort readings by confidence into bins of equal width.

    Args:
        confidence: shape (count,), 0–1.
        right: shape (count,).
        bins: how many.
    """
    which = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    result = []
    for number in range(bins):
        inside = which == number
        count = int(inside.sum())
        means = (
            (float(confidence[inside].mean()), float(right[inside].mean())) if count else (0.0, 0.0)
        )
        result.append(Bin(number / bins, (number + 1) / bins, count, *means))
    return tuple(result)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error, 0–1, of confidences that were sorted into bins."""
    off = sum(each.count * abs(each.accuracy - each.confidence) for each in bins)
    return off / max(sum(each.count for each in bins), 1)


def _confusion(truth: NDArray[np.int64], best: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    table = np.zeros((10, 10), np.int64)
    seen = best >= 0
    np.add.at(table, (truth[seen], best[seen]), 1)
    return tuple(tuple(row) for row in table.tolist())


def _worst(
    outcomes: Outcomes, labels: NDArray[np.int64], ids: tuple[str, ...]
) -> tuple[Mistake, ...]:
    """Return the surest mistakes; what is no digit is one where it is not refused."""
    others = labels == NOT_A_DIGIT
    wrong = np.where(others, ~outcomes.refused, (outcomes.best != labels) & (outcomes.best >= 0))
    found = np.flatnonzero(wrong)
    surest = found[np.argsort(-outcomes.confidence[found], kind="stable")][:WORST]
    return tuple(
        Mistake(
            id=ids[outcomes.rows[each]],
            row=int(outcomes.rows[each]),
            truth=NOT_A_DIGIT_NAME if others[each] else int(labels[each]),
            best=int(outcomes.best[each]),
            confidence=float(outcomes.confidence[each]),
        )
        for each in surest
    )

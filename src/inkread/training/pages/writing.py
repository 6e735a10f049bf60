"""Numbers as one hand writes them: the strokes of each sign, side by side, with their boxes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import NOT_A_DIGIT
from inkread.data.sources import Drawings, Stroke
from inkread.maps import SIGNS
from inkread.training.augment import bend
from inkread.training.mixture import Pictures
from inkread.training.shapes import curve, draw_digit

NONE = -1  # the label of what is there but is neither a digit nor a separator
_HANGING = (3, 4, 5, 7, 9)  # digits of old-style figures that reach below the line
_OVERLAP = 0.3  # of the narrower of two signs at most
_APART = 0.1  # heights, from the middle of a sign to that of the next at least
_TIGHT = 0.1  # gap, in heights, under which ones are taken for part of what stands beside them
_ONES = 0.35  # share of ones that half of the hands write which leave no wider gaps
_AGAIN = 0.12  # share of digits that repeat the last one, as in 1000 and 55, of hands that do


@dataclass(frozen=True)
class Sign:
    """A sign as written.

    Attributes:
        strokes: points (x, y) in px, y down.
        label: its place in `SIGNS`, or NONE.
    """

    strokes: list[Stroke]
    label: int

    @cached_property
    def box(self) -> NDArray[np.float32]:
        """Left, top, right and bottom of the pen's way, px."""
        points = np.concatenate(self.strokes)
        return np.concatenate([points.min(axis=0), points.max(axis=0)])

    def moved(self, x: float, y: float) -> "Sign":
        """Return the same sign elsewhere."""
        offset = np.array([x, y], np.float32)
        return Sign([each + offset for each in self.strokes], self.label)


@dataclass
class Hand:
    """How one person writes in one place.

    Attributes:
        height_px: of a digit.
        slant: by how much a digit leans, in widths a height; to the right where positive.
        gap: between two digits, in heights; they overlap where it is negative.
        unsteady: how much heights, places and gaps vary.
        climb: of the line, in heights a height.
        small_zeros: whether noughts are written small.
        tall_ones: times by which a 1 is higher than other digits, half of that below the line.
        hangs: of 3, 4, 5, 7 and 9, below the line that others stand on, in heights.
        cents: share, 0–1, of numbers that end with two small digits, as cents are written.
        joins: share, 0–1, of digits that are joined to the one before.
        breaks: share, 0–1, of strokes with a gap where the pen failed.
        alike: share, 0–1, of digits that are formed as the same digit was before.
        ones: share, 0–1, of digits that are ones on top of those that are as others are.
        school: whose digits it writes: a place, 0–1, among the weights of the sources; any where
            None.
        forms: how it formed each digit that it has written so far.
        last: the digit that it wrote last, as `Writer.formed` returns it; None before the first.
    """

    height_px: float
    slant: float
    gap: float
    unsteady: float
    climb: float
    small_zeros: bool
    tall_ones: float
    hangs: float
    cents: float
    joins: float
    breaks: float
    alike: float
    ones: float
    school: float | None
    forms: dict[int, list[Stroke]] = field(default_factory=dict)
    last: tuple[list[Stroke], int] | None = None


def any_hand(rng: np.random.Generator, height_px: float) -> Hand:
    """Return a hand like few others."""
    gaps = (max(-0.1, rng.normal(0.15, 0.15)), rng.uniform(0, 0.7), rng.uniform(-0.1, 0.06))
    gap = float(gaps[rng.choice(3, p=(0.6, 0.2, 0.2))])
    return Hand(
        height_px=height_px,
        slant=float(rng.normal(0.08, 0.2)),
        gap=gap,
        unsteady=float(rng.uniform(0, 0.14)),
        climb=float(rng.normal(0, 0.04) if rng.random() < 0.85 else rng.uniform(-0.27, 0.27)),
        small_zeros=bool(rng.random() < 0.15),
        tall_ones=float(rng.choice([1, 1, 1, rng.uniform(1.1, 1.8)])),
        hangs=float(rng.choice([0, 0, 0, 0, 0, rng.uniform(0.1, 0.35)])),
        cents=float(rng.choice([0.0, 0.0, 0.0, 0.5])),
        joins=float(rng.choice([0.0, 0.0, 0.05, 0.3])),
        breaks=float(rng.choice([0.0, 0.0, 0.1])),
        alike=float(rng.choice([0.0, 0.9])),
        ones=float(rng.choice([0.0, _ONES])) if gap < _TIGHT else 0.0,
        school=rng.random() if rng.random() < 0.5 else None,
    )


class Source(Protocol):
    """What gives the strokes of digits."""

    def digit(self, rng: np.random.Generator) -> tuple[list[Stroke], int]:
        """Return strokes, y down, in any units, and the digit, 0–9, that they show."""
        ...


@dataclass
class Traced:
    """Digits as they were traced from pictures."""

    pictures: Pictures

    def digit(self, rng: np.random.Generator) -> tuple[list[Stroke], int]:
        while True:
            index = int(rng.integers(len(self.pictures.labels)))
            if strokes := self.pictures.strokes(index):
                return strokes, int(self.pictures.labels[index])


@dataclass
class Recorded:
    """Digits as they were recorded."""

    drawings: Drawings

    def digit(self, rng: np.random.Generator) -> tuple[list[Stroke], int]:
        index = int(rng.integers(len(self.drawings)))
        return self.drawings.strokes[index], int(self.drawings.labels[index])


class Invented:
    """The shapes that we draw ourselves."""

    def digit(self, rng: np.random.Generator) -> tuple[list[Stroke], int]:
        return draw_digit(rng)


class Writer:
    """Writes numbers from the strokes of several sources."""

    def __init__(self, sources: Sequence[tuple[Source, float]]) -> None:
        """Take the sources, each with its weight; only their ratios count."""
        self.sources = [source for source, _ in sources]
        weights = np.array([weight for _, weight in sources])
        self.ends = np.cumsum(weights / weights.sum())[:-1]

    def digit(
        self, rng: np.random.Generator, school: float | None = None, only: int | None = None
    ) -> tuple[list[Stroke], int]:
        """Return any digit's strokes, and which it is; or those of one that every source has."""
        place = rng.random() if school is None else school
        source = self.sources[np.searchsorted(self.ends, place, side="right")]
        while True:
            strokes, digit = source.digit(rng)
            if only in (None, digit):
                return strokes, digit

    def formed(self, hand: Hand, rng: np.random.Generator) -> tuple[list[Stroke], int]:
        """Return a digit's strokes as a hand forms it, and which it is; at times the last again."""
        if hand.forms and hand.last and rng.random() < _AGAIN:
            return hand.last
        only = 1 if rng.random() < hand.ones else None
        strokes, digit = self.digit(rng, hand.school, only)
        if rng.random() < hand.alike:
            strokes = hand.forms.setdefault(digit, strokes)
        hand.last = strokes, digit
        return strokes, digit

    def number(self, hand: Hand, most: int, rng: np.random.Generator) -> list[Sign]:
        """Write one to `most` digits from (0, 0) on, with separators at times."""
        count = int(rng.integers(1, most + 1))
        separated = rng.random() < 0.4
        small = rng.uniform(0.45, 0.75) if count > 2 and rng.random() < hand.cents else 1
        upright: list[Sign] = []
        for place in range(count):
            sign = self._sized(hand, small if place >= count - 2 else 1, rng)
            upright.append(_beside(upright, sign, self._gap(hand, rng)))
            ends = place == count - 1
            if separated and (rng.random() < 0.3 or (ends and rng.random() < 0.5)):
                sign = separator(hand.height_px, rng)
                upright.append(_beside(upright, sign, self._gap(hand, rng)))
        signs: list[Sign] = []
        for sign in (_leaning(each, hand) for each in upright):
            if signs and sign.label < NOT_A_DIGIT and rng.random() < hand.joins:
                signs.append(Sign([_join(signs[-1], sign)], NONE))
            signs.append(sign)
        return signs

    def _sized(self, hand: Hand, small: float, rng: np.random.Generator) -> Sign:
        """Write a digit upright, so much smaller than others, as high in the line as it stands."""
        strokes, digit = self.formed(hand, rng)
        bent = bend([each for each in strokes if len(each)], rng)
        if rng.random() < 0.6:
            bent = [curve(each, 3) for each in bent]
        if digit == 0 and hand.small_zeros:
            small = min(small, rng.uniform(0.4, 0.75))
        taller = hand.tall_ones if digit == 1 else 1
        height = hand.height_px * small * taller * np.exp(rng.normal(0, hand.unsteady))
        tall = max(float(np.ptp(np.concatenate(bent)[:, 1])), 0.4)
        bent = [each * np.float32(height / tall) for each in bent]
        if rng.random() < hand.breaks:
            bent = _broken(bent, rng)
        lower = (taller - 1) / 2 + (hand.hangs if digit in _HANGING else 0)
        foot = (1 + lower + rng.normal(0, hand.unsteady)) * hand.height_px
        foot -= float(Sign(bent, digit).box[3])
        if rng.random() < 0.04:
            again = [each + rng.normal(0, 0.03, 2) * height for each in bent]
            bent = [*bent, *(each.astype(np.float32) for each in again)]
        return Sign(bent, digit).moved(0, foot)

    def _gap(self, hand: Hand, rng: np.random.Generator) -> float:
        return float(hand.gap + rng.normal(0, hand.unsteady)) * hand.height_px


def separator(high: float, rng: np.random.Generator) -> Sign:
    """Write a dot, a comma or a dash beside digits so high, px."""
    kind = rng.choice(3, p=(0.5, 0.25, 0.25))
    if kind == 0:
        middle = np.array([0.1, rng.uniform(0.85, 1.02)])
        points = rng.normal(0, 0.03, (rng.integers(1, 4), 2)) + middle
        name = "."
    elif kind == 1:
        length = rng.uniform(0.12, 0.4)
        lean = rng.uniform(-0.05, 0.2)
        top = rng.uniform(0.8, 0.95)
        points = np.array(
            [[0.1, top], [0.1 + lean / 4, top + length / 2], [0.1 - lean, top + length]]
        )
        name = ","
    else:
        length, down = rng.uniform(0.25, 0.9), rng.uniform(0.4, 0.75)
        points = np.array([[0, down], [length / 2, down], [length, down]])
        points = points + rng.normal(0, 0.03, points.shape)
        name = "-"
    return Sign([(points * high).astype(np.float32)], SIGNS.index(name))


def _beside(before: list[Sign], sign: Sign, gap: float) -> Sign:
    """Move an upright sign so far, px, to the right of the last; the first to 0.

    What overlaps does so by a share of the narrower of both, and no two signs stand in one place: a
    1 would vanish in its neighbour.
    """
    box = sign.box
    if not before:
        return sign.moved(-float(box[0]), 0)
    last = before[-1].box
    (wide, high), (last_wide, last_high) = (each[2:] - each[:2] for each in (box, last))
    apart = _APART * float(max(high, last_high)) - float(wide + last_wide) / 2
    least = max(apart, -_OVERLAP * float(min(wide, last_wide)))
    return sign.moved(float(last[2] - box[0]) + max(gap, least), 0)


def _leaning(sign: Sign, hand: Hand) -> Sign:
    """Slant an upright sign about the foot of the line, and let the line climb."""
    strokes = []
    for stroke in sign.strokes:
        x = stroke[:, 0] - hand.slant * (stroke[:, 1] - hand.height_px)
        strokes.append(np.stack([x, stroke[:, 1]], axis=1).astype(np.float32))
    return Sign(strokes, sign.label).moved(0, hand.climb * float(sign.box[0]))


def _broken(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Leave a piece out of the longest stroke."""
    longest = max(range(len(strokes)), key=lambda index: len(strokes[index]))
    stroke = strokes[longest]
    if len(stroke) < 8:
        return strokes
    gap = max(1, len(stroke) // 12)
    start = int(rng.integers(2, len(stroke) - gap - 1))
    rest = strokes[:longest] + strokes[longest + 1 :]
    return [*rest, stroke[:start], stroke[start + gap :]]


def _join(before: Sign, after: Sign) -> Stroke:
    """Return a line from where the pen left one sign to where it begins the next."""
    start, end = before.strokes[-1][-1], after.strokes[0][0]
    middle = (start + end) / 2 + (0, 0.1 * np.abs(end - start).sum())
    return curve(np.stack([start, middle, end]).astype(np.float32))

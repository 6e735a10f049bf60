"""The signs of a page → its numbers, each with its digits, their boxes and probabilities."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkread.around import letters_around
from inkread.fit import Known
from inkread.glance import SMALLEST_PX, Glance, Network, glance
from inkread.lines import numbers
from inkread.locate import Signs, look
from inkread.maps import SIGNS, Floats, zoomed
from inkread.naming import (
    Calibration,
    Named,
    log_odds,
    named,
    number_confidence,
    number_features,
    number_stands,
)
from inkread.picture import Grey, bounded
from inkread.readings import Box, DigitReading, LineReading, LineVerdict, Separator, Verdict
from inkread.rules import parted
from inkread.strips import strip
from inkread.whole import Reading, likeliest

COUNTS = 0.5  # probability of being there from which a sign counts
_STANDS = 0.2  # probability of a number being there under which nothing is read: it is a word
_SURE = 0.8  # mean confidence of its numbers from which a page is not tried turned
_COVERED = 0.7  # share of a page's ink in its numbers from which it is not tried turned, if sure
DRAWN_PX = 20  # height of a digit at least, on a pad
_TRIAL_PX = 800  # longer side of a page on which the ways to turn it are tried
_TRIAL_DIGIT_PX = 20  # height of a digit at least, there
_TRIAL_MARK_PX = 24  # side of a mark of ink, where only a part of a page is tried
_TRIAL_LARGEST = 3.0  # times as high: the largest digits there
_TRIAL_LOOKED_AT_PX = 500_000  # of all numbers of such a page together: about twenty lines
# Of the height of the smallest digits looked for as a page lies: those looked for on it turned.
_SMALLEST_TURNED = {1: 0.25, 2: 0.8, 3: 0.25}
_BETTER = (1.0, 2.0, 1.5, 2.0)  # times as much has to be read on a page turned by so many quarters
_WORTHLESS = -4.0  # log-odds of a number's confidence from which on it counts for that
_LEGIBLE = 0.3  # confidence of a number from which a page may be turned for it
_MOSTLY = 0.5  # share of the digits of a turned page that are of such numbers at least
_NOUGHT = 0.25  # of a digit that a 0 counts for that: it looks the same whichever way up
_SINGLE = 0.5  # of a digit that one alone in its line counts for: rows on their side fall apart
_CERTAIN = 7.0  # log-odds over which it counts for no more
_NO_MARKS = np.zeros((0, 4), np.float32)
_NO_STEPS = np.zeros((0, 11), np.float32)


class _Number(NamedTuple):
    """A number, and what is read there if nothing is known of it.

    Attributes:
        members: the places of its signs.
        near: the places of its digits, and of what may be one there.
        steps: as `along` gives them.
        letters: around it, shape (2,), as `letters_around` gives them.
        reading: the likeliest.
        stands: 0–1: that there is a number at all.
    """

    members: NDArray[np.intp]
    near: NDArray[np.intp]
    steps: Floats
    letters: Floats
    reading: Reading
    stands: float = 1.0


class _Seen(NamedTuple):
    """The numbers of a page, its signs, and what these are."""

    signs: Signs
    every: Named
    numbers: list[_Number]


@dataclass(frozen=True)
class PageReader:
    """Reads the numbers of pages.

    Attributes:
        network: that looks.
        calibration: of that network.
        threshold: the least confidence, 0–1, that makes a digit a digit and a number a number.
        known: what is known of every number, for one page, or None.
        drawn: whether they are drawings on a pad: upright, and no digit under DRAWN_PX.
    """

    network: Network
    calibration: Calibration
    threshold: float
    known: Known | None = None
    drawn: bool = False

    def read(self, grey: Grey) -> tuple[list[LineReading], int]:
        """Read all numbers on a page; turned, where that reads surer.

        Args:
            grey: shape (height, width), uint8; dark ink on light paper or the reverse.

        Returns:
            The numbers in reading order, their boxes in px of `grey`; and by how many degrees
            clockwise it was turned: 0, 90, 180 or 270.
        """
        page = glance(grey, self.network, DRAWN_PX if self.drawn else SMALLEST_PX)
        seen = self._seen(page)
        quarters = 0 if self.drawn else self._way(grey, page, self._lines(seen))
        if quarters:
            seen = self._seen(glance(_turned(grey, quarters), self.network))
        there = [each for each in seen.numbers if each.stands >= _STANDS]
        lines = self._lines(seen._replace(numbers=there), self.known)
        if quarters:
            back = _back(quarters, grey.shape[1], grey.shape[0])
            lines = [placed(line, back) for line in lines]
        return lines, 90 * quarters

    def _way(self, grey: Grey, page: Glance, lines: list[LineReading]) -> int:
        """Return by how many quarters a page has to be turned clockwise to be read.

        Args:
            grey: the page.
            page: the same, as it was looked at.
            lines: read on it, hardly there or not, whatever is known of them: misread, they might
                fit that better.
        """
        sure = fmean(line.confidence for line in lines) if lines else 0
        if sure >= _SURE and page.covered(_corners(lines)) >= _COVERED:
            return 0
        small, largest = _trial(grey, page)
        is_whole = small.shape == grey.shape
        ways = [page if is_whole else glance(small, self.network, largest_px=largest)]
        for quarters, share in _SMALLEST_TURNED.items():
            smallest = max(_TRIAL_DIGIT_PX, share * ways[0].smallest_px())
            ways.append(glance(_turned(small, quarters), self.network, smallest, largest))
        read = {0: lines if is_whole else self._tried(ways[0])}
        legible = [each.legibility() for each in ways]
        for quarters in np.argsort(legible)[:-3:-1].tolist():
            if quarters:
                read[quarters] = self._tried(ways[quarters])
        worth = {
            each: _worth(some) / _BETTER[each]
            for each, some in read.items()
            if not each or _is_legible(some)
        }
        return max(worth, key=worth.__getitem__)

    def _tried(self, page: Glance) -> list[LineReading]:
        """Read the surest numbers of a page that is tried in one of the ways it may lie."""
        return self._lines(self._numbers(page, look(page, self.network, _TRIAL_LOOKED_AT_PX, 0)))

    def _seen(self, page: Glance) -> _Seen:
        """Look closely at the numbers on a page."""
        return self._numbers(page, look(page, self.network))

    def _numbers(self, page: Glance, signs: Signs) -> _Seen:
        """Group what was looked at closely to numbers, and read each."""
        every = named(signs, self.calibration)
        groups = counted(page, signs, every)
        found = []
        for group, letters in zip(
            groups, letters_around(page, signs.found.boxes, groups), strict=True
        ):
            near = digits_among(signs, every, group)
            steps = along(page, signs, every, group, self.network)
            reading = self._likeliest(every, near, steps)
            number = _Number(group, near, steps, letters, reading)
            stands = number_stands(_features(signs, number, reading)[None], self.calibration)
            found.append(number._replace(stands=float(stands[0])))
        return _Seen(signs, every, found)

    def _likeliest(
        self, every: Named, near: NDArray[np.intp], steps: Floats, known: Known | None = None
    ) -> Reading:
        whole = self.calibration.whole
        return likeliest(every.there[near], every.digits[near], steps, whole, known)

    def _lines(self, seen: _Seen, known: Known | None = None) -> list[LineReading]:
        """Return numbers as they are read, as what is known of them if anything is."""
        return [self._line(seen, number, known) for number in seen.numbers]

    def _line(self, seen: _Seen, number: _Number, known: Known | None) -> LineReading:
        signs, every = seen.signs, seen.every
        members, near, reading = number.members, number.near, number.reading
        if known is not None:
            reading = self._likeliest(every, near, number.steps, known)
        digits = tuple(
            self._digit(signs, int(near[place]), int(name), reading.shares[place])
            for place, name in zip(reading.places, reading.text, strict=True)
        )
        between = members[~every.is_digit[members]]
        separators = tuple(
            Separator(_separator(signs, each), float(every.there[each]), _box(signs, [each]))
            for each in between.tolist()
        )
        features = _features(signs, number, reading)
        confidence = float(number_confidence(features[None], self.calibration)[0])
        verdict: LineVerdict = "number" if confidence >= self.threshold else "unsure"
        line = LineReading(
            text="",
            text_with_separators="",
            confidence=confidence,
            verdict=verdict,
            box=_box(signs, np.concatenate([between, near[list(reading.places)]])),
            digits=digits,
            separators=separators,
        )
        if not reading.probability:
            return replace(line, verdict="no_fit", confidence=0.0)
        return _written(line)

    def _digit(self, signs: Signs, index: int, name: int, shares: Floats) -> DigitReading:
        """Return a digit as it was read; `shares`, shape (10,), say how likely each name is."""
        confidence = float(shares[name])
        verdict: Verdict = "digit" if confidence >= self.threshold else "unsure"
        return DigitReading(
            digit=name if verdict == "digit" else None,
            best=name,
            confidence=confidence,
            verdict=verdict,
            probabilities=tuple((shares / shares.sum()).tolist()),
            ink=signs.inks[index],
            box=_box(signs, [index]),
        )


def _features(signs: Signs, number: _Number, reading: Reading) -> Floats:
    """Return what tells whether a number stands where this is read."""
    places = number.near[list(reading.places)]
    return number_features(reading.probability, signs, places, number.letters)


def counted(page: Glance, signs: Signs, every: Named) -> list[NDArray[np.intp]]:
    """Return the places of each number's signs, in reading order; no ruled line parts them."""
    counts = np.flatnonzero(every.there >= COUNTS)
    groups = [counts[group] for group in numbers(signs.found.take(counts))]
    parts = [
        part
        for group in groups
        for part in np.split(
            group, 1 + np.flatnonzero(parted(page.sheet.grey, signs.found.boxes[group]))
        )
    ]
    return [part for part in parts if every.is_digit[part].any()]


def digits_among(signs: Signs, every: Named, members: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the places, from left to right, of a number's digits and of what may be one there.

    Args:
        signs: of the page.
        every: what they are.
        members: the places of those that are counted to the number.
    """
    boxes = signs.found.boxes
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = boxes[members, :2].min(axis=0), boxes[members, 2:].max(axis=0)
    reach = np.array([0.5 * (high[1] - low[1]), 0])
    inside = np.all((middles > low - reach) & (middles < high + reach), axis=1)
    maybe = inside & (every.there < COUNTS)
    maybe[members] = True
    near = np.flatnonzero(maybe & every.is_digit)
    return near[np.argsort(middles[near, 0])]


def along(
    page: Glance, signs: Signs, every: Named, members: NDArray[np.intp], network: Network
) -> Floats:
    """Return the probabilities, shape (count, 11), of each digit, or of none, along a number."""
    digits = members[every.is_digit[members]]
    cut = strip(page.sheet.grey, signs.found.boxes[digits], page.sheet.noise)
    return _NO_STEPS if cut is None else network.steps(cut[0])


def placed(line: LineReading, change: Callable[[Box], Box]) -> LineReading:
    """Return a line whose boxes are changed, as to another scale."""
    return replace(
        line,
        box=change(line.box),
        digits=tuple(
            replace(each, box=None if each.box is None else change(each.box))
            for each in line.digits
        ),
        separators=tuple(replace(each, box=change(each.box)) for each in line.separators),
    )


def _written(line: LineReading) -> LineReading:
    """Write a line's text from its digits and separators."""
    signs: list[tuple[float, str]] = [
        (each.box.left + each.box.width / 2, str(each.best))
        for each in line.digits
        if each.box is not None
    ]
    signs += [(each.box.left + each.box.width / 2, each.sign) for each in line.separators]
    return replace(
        line,
        text="".join(str(each.best) for each in line.digits),
        text_with_separators="".join(sign for _, sign in sorted(signs)),
    )


def _separator(signs: Signs, index: int) -> str:
    first = SIGNS.index(".")
    return SIGNS[first + int(signs.found.signs[index, first:].argmax())]


def _box(signs: Signs, places: NDArray[np.intp] | list[int]) -> Box:
    """Return the box around signs."""
    boxes = signs.found.boxes[places]
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    return Box(left, top, right - left, bottom - top)


def _corners(lines: list[LineReading]) -> Floats:
    """Return left, top, right and bottom of each line, shape (count, 4), px."""
    boxes = np.array([line.box for line in lines], np.float32).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def _worth(lines: list[LineReading]) -> float:
    """Return how much was read how surely."""
    sure = log_odds(np.array([line.confidence for line in lines], np.float32))
    digits = np.array([_digits(line) for line in lines], np.float32)
    return float(digits @ np.maximum(np.minimum(sure, _CERTAIN) - _WORTHLESS, 0))


def _is_legible(lines: list[LineReading]) -> bool:
    """Tell whether numbers are read rather than marks: doubtful ones add up on a page of text."""
    counts = [len(line.digits) for line in lines]
    legible = [len(line.digits) for line in lines if line.confidence >= _LEGIBLE]
    return sum(legible) >= _MOSTLY * sum(counts) > 0


def _digits(line: LineReading) -> float:
    """Count a line's digits by what they tell of the way that the page lies."""
    share = 1.0 if len(line.digits) > 1 else _SINGLE
    return share * sum(1 if each.best else _NOUGHT for each in line.digits)


def _trial(grey: Grey, page: Glance) -> tuple[Grey, float]:
    """Return a page, small enough to be looked at in all the ways it may lie.

    Where its digits would be too small then, it is the part of it that has the most of them.

    Returns:
        That; and the height, px, of the largest digits to look for there.
    """
    whole = bounded(grey, _TRIAL_PX)
    marks = _NO_MARKS if whole.shape == grey.shape else page.marks()
    if not len(marks):
        return whole, np.inf
    size = float(np.median(np.sqrt(np.prod(marks[:, 2:] - marks[:, :2], axis=1))))
    if size * whole.shape[0] >= _TRIAL_DIGIT_PX * grey.shape[0]:
        return whole, np.inf
    factor = _TRIAL_MARK_PX / size
    middles, side = (marks[:, :2] + marks[:, 2:]) / 2, _TRIAL_PX / factor
    near = (np.abs(middles[:, None] - middles[None]) < side / 2).all(axis=2)
    middle = middles[near.sum(axis=1).argmax()]
    left, top = np.maximum(middle - side / 2, 0).astype(int).tolist()
    part = grey[top : top + round(side), left : left + round(side)]
    return zoomed(part, factor), _TRIAL_LARGEST * _TRIAL_MARK_PX


def _turned(grey: Grey, quarters: int) -> Grey:
    """Turn a picture clockwise by so many quarters."""
    return np.ascontiguousarray(np.rot90(grey, -quarters))


def _back(quarters: int, width: int, height: int) -> Callable[[Box], Box]:
    """Return what takes boxes from a turned picture back to one of this width and height."""

    def back(box: Box) -> Box:
        left, top, wide, high = box
        if quarters == 1:
            return Box(top, height - left - wide, high, wide)
        if quarters == 2:
            return Box(width - left - wide, height - top - high, wide, high)
        return Box(width - top - high, left, high, wide)

    return back

"""The signs of a page → its numbers, each with its digits, their boxes and probabilities."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from inkread.fit import Known, best_fit
from inkread.lines import numbers
from inkread.locate import SMALLEST_PX, Glance, Network, Signs, glance, look
from inkread.maps import SIGNS, Floats
from inkread.naming import Calibration, Named, named, number_confidence, product
from inkread.picture import Grey, bounded
from inkread.readings import Box, DigitReading, LineReading, LineVerdict, Separator, Verdict

COUNTS = 0.5  # probability of being there from which a sign counts
_SURE = 0.8  # mean confidence of its numbers from which a page is not tried turned
_COVERED = 0.7  # share of a page's ink in its numbers from which it is not tried turned, if sure
DRAWN_PX = 20  # height of a digit at least, on a pad
_TRIAL_PX = 800  # longer side of a page on which the ways to turn it are tried
_BETTER = 2.0  # times as much has to be read on a page that is turned


@dataclass(frozen=True)
class PageReader:
    """Reads the numbers of pages.

    Attributes:
        network: that looks.
        calibration: of that network.
        threshold: the least confidence, 0–1, that makes a digit a digit and a number a number.
        known: what is known of every number, or None.
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
        lines = self._lines(page)
        sure = fmean(line.confidence for line in lines) if lines else 0
        if self.drawn or (sure >= _SURE and page.covered(_corners(lines)) >= _COVERED):
            return lines, 0
        small = bounded(grey, _TRIAL_PX)
        is_whole = small.shape == grey.shape
        ways = [page if is_whole else glance(small, self.network)]
        ways += [glance(_turned(small, each), self.network) for each in (1, 2, 3)]
        read = {0: lines if is_whole else self._lines(ways[0])}
        legible = [each.legibility() for each in ways]
        for quarters in np.argsort(legible)[:-3:-1].tolist():
            if quarters:
                read[quarters] = self._lines(ways[quarters])
        worth = {each: _worth(some) for each, some in read.items()}
        worth[0] *= _BETTER
        quarters = max(worth, key=worth.__getitem__)
        if quarters == 0:
            return lines, 0
        if not is_whole:
            read[quarters] = self._lines(glance(_turned(grey, quarters), self.network))
        back = _back(quarters, grey.shape[1], grey.shape[0])
        return [placed(line, back) for line in read[quarters]], 90 * quarters

    def _lines(self, page: Glance) -> list[LineReading]:
        signs = look(page, self.network)
        every = named(signs, self.calibration)
        counts = np.flatnonzero(every.there >= COUNTS)
        groups = numbers(signs.found.take(counts))
        return [self._line(signs, every, counts[group]) for group in groups]

    def _line(self, signs: Signs, every: Named, members: NDArray[np.intp]) -> LineReading:
        boxes = signs.found.boxes
        line = LineReading(
            text="",
            text_with_separators="",
            confidence=number_confidence(likely(boxes, every, members), self.calibration),
            verdict="number",
            box=_box(boxes[members]),
            digits=tuple(
                self._digit(signs, every, each) for each in members if every.is_digit[each]
            ),
            separators=tuple(
                Separator(_separator(signs, each), float(every.there[each]), _box(boxes[[each]]))
                for each in members
                if not every.is_digit[each]
            ),
        )
        if self.known is not None:
            return self._fitted(line, self.known, signs, every, members)
        verdict: LineVerdict = "number" if line.confidence >= self.threshold else "unsure"
        return replace(_written(line), verdict=verdict)

    def _fitted(
        self,
        line: LineReading,
        known: Known,
        signs: Signs,
        every: Named,
        members: NDArray[np.intp],
    ) -> LineReading:
        """Read a number's signs, and what may be some, as what is known of it."""
        boxes = signs.found.boxes
        near = among(boxes, every, members)
        near = near[every.is_digit[near]]
        near = near[np.argsort(boxes[near, 0] + boxes[near, 2])]
        fit = best_fit(every.there[near], every.digits[near], known)
        if fit is None:
            return replace(line, verdict="no_fit", confidence=0.0)
        digits = tuple(
            self._digit(signs, every, int(near[place]), digit) for place, digit in fit.digits
        )
        confidence = number_confidence(fit.probability, self.calibration)
        verdict: LineVerdict = "number" if confidence >= self.threshold else "unsure"
        whole = _box(boxes[np.union1d(members, near[[place for place, _ in fit.digits]])])
        line = replace(line, digits=digits, confidence=confidence, verdict=verdict, box=whole)
        return _written(line)

    def _digit(
        self, signs: Signs, every: Named, index: int, known: int | None = None
    ) -> DigitReading:
        probabilities = tuple(every.digits[index].tolist())
        best = int(every.digits[index].argmax()) if known is None else known
        confidence = float(every.there[index]) * probabilities[best]
        verdict: Verdict = "digit" if confidence >= self.threshold else "unsure"
        return DigitReading(
            digit=best if verdict == "digit" else None,
            best=best,
            confidence=confidence,
            verdict=verdict,
            probabilities=probabilities,
            ink=signs.inks[index],
            box=_box(signs.found.boxes[[index]]),
        )


def likely(boxes: Floats, every: Named, members: NDArray[np.intp]) -> float:
    """Return the probability that a number is right, were its signs independent of each other.

    That includes that what was not counted, but stands among its signs, is indeed no digit.

    Args:
        boxes: of all signs of the page.
        every: what they are.
        members: the places of the number's signs.
    """
    near = among(boxes, every, members)
    there = Named(every.there[near], every.digits[near], every.is_digit[near])
    return product(there, np.isin(near, members))


def among(boxes: Floats, every: Named, members: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the places of a number's signs, and of what stands among them and may be digits."""
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = boxes[members, :2].min(axis=0), boxes[members, 2:].max(axis=0)
    reach = np.array([0.5 * (high[1] - low[1]), 0])
    inside = np.all((middles > low - reach) & (middles < high + reach), axis=1)
    maybe = inside & (every.there < COUNTS) & every.is_digit
    maybe[members] = True
    return np.flatnonzero(maybe)


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


def _box(boxes: Floats) -> Box:
    """Return the box around boxes."""
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
    return sum(len(line.digits) * line.confidence for line in lines)


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

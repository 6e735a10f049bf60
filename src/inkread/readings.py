"""What is read: in a picture of one digit, and on a page."""

import math
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from inkread.ink import Ink

Verdict = Literal["digit", "unsure", "not_a_digit", "blank"]
LineVerdict = Literal["number", "unsure", "no_fit"]
_RATHER = 0.5  # confidence from which on what is refused is rather a digit than none


class Box(NamedTuple):
    """Where something stands in a picture, in its pixels as it is shown upright."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class DigitReading:
    """What was read in a picture of one digit.

    Attributes:
        digit: 0–9, or None unless the verdict is `digit`.
        best: the most probable digit, whatever the verdict, or on a page that of the most probable
            number; None only when blank.
        confidence: the probability, 0–1, that `best` is right; 0 when blank.
        verdict: `digit`; `unsure` where the confidence is under the reader's threshold;
            `not_a_digit` where the probability that the ink is none is over 0.2, whatever the
            threshold; `blank` where the picture has no ink.
        probabilities: of the digits 0 to 9, given that it is one; they sum to 1, or are all 0
            when blank.
        ink: what the model saw, shape (28, 28), float32, 0 is paper and 1 is full ink.
        box: where on a page it stands; None of a picture of one digit.
    """

    digit: int | None
    best: int | None
    confidence: float
    verdict: Verdict
    probabilities: tuple[float, ...]
    ink: Ink = field(repr=False, compare=False)
    box: Box | None = None

    @property
    def second(self) -> int | None:
        """The second most probable digit; None when blank."""
        others = [each for each in range(10) if each != self.best]
        return None if self.best is None else max(others, key=self.probabilities.__getitem__)

    def alternatives(self, least: float = 0.01) -> list[tuple[int, float]]:
        """Return the digits that it may be, the likeliest first, with their shares as `shares` has.

        Args:
            least: share, 0–1, under which a digit is left out.
        """
        likely = [(digit, share) for digit, share in enumerate(self.shares()) if share >= least]
        return sorted(likely, key=itemgetter(1), reverse=True)

    def shares(self) -> tuple[float, ...]:
        """Return the probabilities of the digits 0 to 9 as far as it is one at all.

        They sum to less than 1 by the probability that it is none; that of `best` is the
        confidence.
        """
        if self.best is None:
            return self.probabilities
        best = self.probabilities[self.best] or 1  # none has any where it is surely no digit
        likely = self.confidence / best
        return tuple(each * likely for each in self.probabilities)

    def in_words(self) -> str:
        """Say in a few words what was read, as `7 (99.8 %)` or `not sure: 4 or 9 (52 %)`."""
        if self.verdict == "blank":
            return "blank"
        if self.verdict == "not_a_digit":
            if self.confidence < _RATHER:
                return "does not look like a digit"
            return f"perhaps no digit, or else {self.best} ({percent(self.confidence)})"
        doubt = f"not sure: {self.best} or {self.second}" if self.verdict == "unsure" else self.best
        return f"{doubt} ({percent(self.confidence)})"

    def as_dict(self) -> dict[str, Any]:
        """Return the reading without its ink, ready for JSON."""
        where = {} if self.box is None else {"box": self.box._asdict()}
        return {
            "digit": self.digit,
            "best": self.best,
            "confidence": self.confidence,
            "verdict": self.verdict,
            "probabilities": list(self.probabilities),
        } | where


@dataclass(frozen=True)
class Separator:
    """A dot, a comma or a dash beside digits.

    Attributes:
        sign: `.`, `,` or `-`.
        confidence: 0–1.
        box: where it stands.
    """

    sign: str
    confidence: float
    box: Box


@dataclass(frozen=True)
class LineReading:
    """A number on a page.

    Attributes:
        text: its digits; empty where it does not fit what the caller knows of it.
        text_with_separators: the same with dots, commas and dashes, as `12.50`.
        confidence: the probability, 0–1, that the whole text is right.
        verdict: `number`; `unsure` where the confidence is under the reader's threshold; `no_fit`
            where no likely reading fits the pattern, the length or the digits asked for.
        box: of all of it.
        digits: from left to right.
        separators: from left to right.
    """

    text: str
    text_with_separators: str
    confidence: float
    verdict: LineVerdict
    box: Box
    digits: tuple[DigitReading, ...]
    separators: tuple[Separator, ...] = ()

    def in_words(self) -> str:
        """Say in a few words what was read, as `12.50 (98 %)` or `not sure: 470 (41 %)`."""
        if self.verdict == "no_fit":
            return "a number that does not fit"
        doubt = "not sure: " if self.verdict == "unsure" else ""
        return f"{doubt}{self.text_with_separators} ({percent(self.confidence)})"

    def as_dict(self) -> dict[str, Any]:
        """Return the line without any ink, ready for JSON."""
        return {
            "text": self.text,
            "text_with_separators": self.text_with_separators,
            "confidence": self.confidence,
            "verdict": self.verdict,
            "box": self.box._asdict(),
            "digits": [each.as_dict() for each in self.digits],
            "separators": [
                {"sign": each.sign, "confidence": each.confidence, "box": each.box._asdict()}
                for each in self.separators
            ],
        }


@dataclass(frozen=True)
class PageReading:
    """What was read on a page.

    Attributes:
        lines: numbers in reading order; those of one row from left to right.
        width: of the picture, px.
        height: of the picture, px.
        turned: by how many degrees clockwise the picture was turned to be read: 0, 90, 180, 270.
    """

    lines: tuple[LineReading, ...]
    width: int
    height: int
    turned: int = 0

    @property
    def confidence(self) -> float:
        """The probability, 0–1, that every line is right; 0 where there is none."""
        return math.prod(line.confidence for line in self.lines) if self.lines else 0.0

    @property
    def text(self) -> str:
        """The texts of the lines, one a line."""
        return "\n".join(line.text for line in self.lines if line.text)

    def in_words(self) -> str:
        """Say in a few words what was read, as `12.50 (98 %)` or `3 numbers (80 %)`."""
        if len(self.lines) == 1:
            return self.lines[0].in_words()
        if not self.lines:
            return "no numbers"
        return f"{len(self.lines)} numbers ({percent(self.confidence)})"

    def as_dict(self) -> dict[str, Any]:
        """Return the page without any ink, ready for JSON."""
        return {
            "text": self.text,
            "width": self.width,
            "height": self.height,
            "turned": self.turned,
            "lines": [each.as_dict() for each in self.lines],
        }


def percent(share: float) -> str:
    """Write a share, 0–1, rounded down: only what is certain is 100 %."""
    tenths = math.floor(share * 1000)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"

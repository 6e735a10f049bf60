"""What the caller knows of a number → the likeliest reading of its signs that fits it."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import numpy as np
import regex

from inkread.errors import SettingsError
from inkread.maps import Floats

_BEAM = 400  # texts that are followed at once
_FEW = 24  # where any text fits
_UNLIKELY = 1e-4  # probability of a digit under which it is not followed
_TIMEOUT_S = 2.0  # for a number


class Way(NamedTuple):
    """How a text comes about from a number's signs.

    Attributes:
        likely: probability, 0–1, of the likeliest way to it.
        places: on that way, the place of the sign that each digit is.
        probability: by all ways.
    """

    likely: float
    places: tuple[int, ...]
    probability: float

    def then(self, step: float, *place: int) -> "Way":
        """Return this way with one more sign: a digit at a place, or left out."""
        return Way(self.likely * step, self.places + place, self.probability * step)

    def or_by(self, other: "Way") -> "Way":
        """Return the likelier of two ways to the same text, with the probability of both."""
        best = self if self.likely >= other.likely else other
        return best._replace(probability=self.probability + other.probability)


@dataclass(frozen=True)
class Known:
    """What the caller knows of every number on a page.

    Attributes:
        pattern: that the whole text matches; None for any.
        allowed: the only texts there can be; None for any.
        beginnings: of these.
    """

    pattern: regex.Pattern[str] | None = None
    allowed: frozenset[str] | None = None
    beginnings: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, pattern: str | None, length: int | None, allowed: Iterable[str] | None
    ) -> "Known | None":
        """Take what the caller knows, or nothing.

        Raises:
            SettingsError: the pattern is no regular expression, or the length is under 1.
        """
        if length is not None and length < 1:
            raise SettingsError(f"length needs a whole number from 1 on, got: {length}")
        texts = None if allowed is None else frozenset(map(str, allowed))
        if length is not None:
            both = rf"\d{{{length}}}"
            pattern = both if pattern is None else f"(?=(?:{both})$)(?:{pattern})"
        parts = frozenset(text[:end] for text in texts or () for end in range(len(text) + 1))
        if pattern is None:
            return None if texts is None else cls(None, texts, parts)
        try:
            return cls(regex.compile(pattern, regex.ASCII), texts, parts)
        except regex.error as error:
            raise SettingsError(f"needs a regular expression, {error}: {pattern}") from None

    def begins(self, text: str, deadline_s: float) -> bool:
        """Tell whether a text that fits may begin so."""
        if self.allowed is not None and text not in self.beginnings:
            return False
        return self._matches(text, deadline_s, partial=True)

    def fits(self, text: str, deadline_s: float) -> bool:
        """Tell whether a text fits."""
        if self.allowed is not None and text not in self.allowed:
            return False
        return self._matches(text, deadline_s, partial=False)

    def _matches(self, text: str, deadline_s: float, *, partial: bool) -> bool:
        if self.pattern is None:
            return True
        left_s = max(deadline_s - monotonic(), 1e-3)
        try:
            return self.pattern.fullmatch(text, partial=partial, timeout=left_s) is not None
        except TimeoutError:
            raise SettingsError(f"the pattern takes too long: {self.pattern.pattern}") from None


def deadline() -> float:
    """Return until when, in seconds of `monotonic`, texts of a number may be matched from now."""
    return monotonic() + _TIMEOUT_S


def candidates(
    there: Floats, digits: Floats, known: Known | None = None, deadline_s: float | None = None
) -> dict[str, Way]:
    """Return the likeliest texts that signs may be, of those that fit.

    Where nothing is known, "" is one of them: that none of the signs is a digit.

    Args:
        there: shape (count,), 0–1: that each sign is a digit at all; from left to right.
        digits: shape (count, 10), 0–1: of each digit, given that it is one.
        known: what the text shall fit; any does when None.
        deadline_s: see `deadline`; one from now when None.

    Raises:
        SettingsError: the pattern takes too long.
    """
    deadline_s = deadline() if deadline_s is None else deadline_s
    ways = {"": Way(1.0, (), 1.0)}
    for place, (present, shares) in enumerate(zip(there.tolist(), digits, strict=True)):
        likely = [(digit, present * share) for digit, share in enumerate(shares.tolist())]
        longer = _longer(ways, place, 1 - present, likely)
        if known is not None:
            longer = {text: longer[text] for text in longer if known.begins(text, deadline_s)}
        ways = _kept(longer, _FEW if known is None else _BEAM)
    if known is None:
        none = float(np.prod(1 - there))
        return ways | {"": Way(none, (), none)}
    return {text: way for text, way in ways.items() if text and known.fits(text, deadline_s)}


def _longer(
    ways: dict[str, Way], place: int, absent: float, likely: list[tuple[int, float]]
) -> dict[str, Way]:
    """Follow every text by one more sign: left out, or as one of the likely digits."""
    longer: dict[str, Way] = {}

    def add(text: str, way: Way) -> None:
        longer[text] = longer[text].or_by(way) if text in longer else way

    for text, way in ways.items():
        add(text, way.then(absent))
        for digit, step in likely:
            if step > _UNLIKELY:
                add(text + str(digit), way.then(step, place))
    return longer


def _kept(ways: dict[str, Way], most: int) -> dict[str, Way]:
    """Keep the likeliest texts."""
    order = sorted(ways.items(), key=lambda item: item[1].probability, reverse=True)
    return dict(order[:most])

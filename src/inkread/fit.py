"""What the caller knows of a number → the likeliest reading of its signs that fits it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import thread_time
from typing import NamedTuple

import numpy as np
import regex

from inkread.errors import SettingsError
from inkread.maps import Floats

_BEAM = 400  # texts that are followed at once
_FEW = 24  # where any text fits
_UNLIKELY = 1e-4  # probability of a digit under which it is not followed
_TIMEOUT_S = 10.0  # for all numbers of a page
_ORDINARY_S = 5e-6  # of a match that any pattern takes
_LONGEST = 64  # digits of a number
_MOST_STEPS = 20_000  # of a pattern
_TOKEN = regex.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?<counts>\d*,?\d*)\}|"
    r"(?<opened>\((?:\?(?:[:=!>]|<[=!]|P?<\w+>))?)|.",
    regex.DOTALL,
)
_NUMBER = regex.compile(r"\d+")


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


@dataclass
class Known:
    """What the caller knows of every number on a page.

    Attributes:
        pattern: that the whole text matches; None for any.
        length: digits of the text; None for any.
        allowed: the only texts there can be; None for any.
        left_s: for matching the pattern, all texts of the page together.
    """

    pattern: regex.Pattern[str] | None = None
    length: int | None = None
    allowed: frozenset[str] | None = None
    left_s: float = _TIMEOUT_S
    _beginnings: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        texts = self.allowed or ()
        self._beginnings = frozenset(text[:end] for text in texts for end in range(len(text) + 1))

    @classmethod
    def of(
        cls, pattern: str | None, length: int | None, allowed: Iterable[str] | None
    ) -> "Known | None":
        """Take what the caller knows, or nothing.

        Raises:
            SettingsError: the pattern is none that can be matched, the length is under 1, or what
                is allowed is no list of digits.
        """
        if pattern is None and length is None and allowed is None:
            return None
        if length is not None and length < 1:
            raise SettingsError(f"length needs a whole number from 1 on, got: {length}")
        texts = None if allowed is None else _texts(allowed)
        return cls(None if pattern is None else _compiled(pattern), length, texts)

    def begins(self, text: str) -> bool:
        """Tell whether a text that fits may begin so."""
        if self.length is not None and len(text) > self.length:
            return False
        if self.allowed is not None and text not in self._beginnings:
            return False
        return self._matches(text, partial=True)

    def fits(self, text: str) -> bool:
        """Tell whether a text fits."""
        if self.length is not None and len(text) != self.length:
            return False
        if self.allowed is not None and text not in self.allowed:
            return False
        return self._matches(text, partial=False)

    def _matches(self, text: str, *, partial: bool) -> bool:
        if self.pattern is None:
            return True
        began_s = thread_time()
        try:
            match = self.pattern.fullmatch(text, partial=partial, timeout=self.left_s)
        except TimeoutError:
            match, self.left_s = None, 0
        self.left_s -= max(0, thread_time() - began_s - _ORDINARY_S)
        if self.left_s <= 0:
            raise SettingsError(f"the pattern takes too long: {self.pattern.pattern}")
        return match is not None


def _texts(allowed: Iterable[str]) -> frozenset[str]:
    """Return the only texts there can be.

    Raises:
        SettingsError: they are given as one text, or one of them is no number.
    """
    if isinstance(allowed, str):
        raise SettingsError(f"allowed needs a list of numbers, got one text: {allowed!r}")
    texts = [str(each) for each in allowed]
    for text in texts:
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
            shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
            raise SettingsError(
                f"allowed needs numbers of up to {_LONGEST} digits, got: {shown!r}",
                hint="write them without separators, as 1250 for 12.50",
            )
    return frozenset(texts)


def _compiled(pattern: str) -> regex.Pattern[str]:
    """Return a pattern ready to match.

    Raises:
        SettingsError: it is no regular expression, has flags, comments or recursion, or is too long
            once its repeats are written out.
    """
    if _written_out(pattern) > _MOST_STEPS:
        raise SettingsError(f"the pattern repeats too much: {pattern}")
    try:
        return regex.compile(pattern, regex.ASCII, cache_pattern=False)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        raise SettingsError(f"needs a regular expression, {error}: {pattern}") from None


def _written_out(pattern: str) -> int:
    """Return about how many characters a pattern has once its repeats, as {3}, are written out.

    Before it is matched it is written out so, which a few characters make take all memory.

    Raises:
        SettingsError: the pattern has what would make that a guess.
    """
    groups, last = [0], 0  # characters so far of each group that is open, and of the last part
    for token in _TOKEN.finditer(pattern):
        if token["opened"] is not None:
            if pattern.startswith("?", token.end()):
                raise SettingsError(
                    f"the pattern needs to do without {pattern[token.start() :][:4]}: {pattern}",
                    hint="groups may begin with (, (?:, (?=, (?!, (?<=, (?<!, (?> or (?<name>",
                )
            groups.append(1)
        elif token[0] == ")" and len(groups) > 1:
            last = groups.pop()
            groups[-1] += last
        elif token[0] == "{":
            raise SettingsError(
                f"the pattern needs {{ to be followed by a count, as {{8}}: {pattern}",
                hint=r"\{ is the sign itself",
            )
        elif counts := _NUMBER.findall(token["counts"] or ""):
            last *= max(int(each[:9]) for each in counts)
            groups[-1] += last
        else:
            last = 1
            groups[-1] += last
    return max(groups)


def candidates(there: Floats, digits: Floats, known: Known | None = None) -> dict[str, Way]:
    """Return the likeliest texts that signs may be, of those that fit.

    Where nothing is known, "" is one of them: that none of the signs is a digit.

    Args:
        there: shape (count,), 0–1: that each sign is a digit at all; from left to right.
        digits: shape (count, 10), 0–1: of each digit, given that it is one.
        known: what the text shall fit; any does when None.

    Raises:
        SettingsError: the pattern takes too long.
    """
    ways = {"": Way(1.0, (), 1.0)}
    for place, (present, shares) in enumerate(zip(there.tolist(), digits, strict=True)):
        likely = [(digit, present * share) for digit, share in enumerate(shares.tolist())]
        longer = _longer(ways, place, 1 - present, likely)
        if known is not None:
            longer = {text: longer[text] for text in longer if known.begins(text)}
        ways = _kept(longer, _FEW if known is None else _BEAM)
    if known is None:
        none = float(np.prod(1 - there))
        return ways | {"": Way(none, (), none)}
    return {text: way for text, way in ways.items() if text and known.fits(text)}


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

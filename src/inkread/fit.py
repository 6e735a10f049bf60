"""What the caller knows of a number → the likeliest reading of its signs that fits it."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import regex

from inkread.errors import SettingsError
from inkread.maps import Floats

_BEAM = 400  # readings that are followed at once
_OTHER = 0.01  # share of what no reading of the signs that were found explains
_LEAST = 1e-5  # of all readings: where those that fit have less together, none does
_UNLIKELY = 1e-4  # probability of a digit under which it is not followed
_TIMEOUT_S = 2.0  # for a number


class Reading(NamedTuple):
    """A reading of a number's signs.

    Attributes:
        digits: of each sign that is read as one, its place and the digit.
        probability: 0–1, that it is right, given that the number fits.
    """

    digits: tuple[tuple[int, int], ...]
    probability: float


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


class _Path(NamedTuple):
    """How a text came about: by the likeliest way, and with what probability by all ways."""

    likely: float
    digits: tuple[tuple[int, int], ...]
    whole: float


def best_fit(there: Floats, digits: Floats, known: Known) -> Reading | None:
    """Return the likeliest reading of signs that fits, or None where no likely one does.

    Args:
        there: shape (count,), 0–1: that each is there at all; from left to right.
        digits: shape (count, 10), 0–1: of each digit, given that it is there.
        known: what it shall fit.

    Raises:
        SettingsError: the pattern takes too long.
    """
    deadline_s = monotonic() + _TIMEOUT_S
    paths = {"": _Path(1.0, (), 1.0)}
    for place, (present, shares) in enumerate(zip(there.tolist(), digits, strict=True)):
        likely = [(digit, present * share) for digit, share in enumerate(shares.tolist())]
        longer = _longer(paths, place, 1 - present, likely)
        paths = _kept({text: longer[text] for text in longer if known.begins(text, deadline_s)})
    fitting = {text: path for text, path in paths.items() if text and known.fits(text, deadline_s)}
    whole = sum(path.whole for path in fitting.values())
    if whole < _LEAST:
        return None
    best = max(fitting.values(), key=lambda path: path.whole)
    return Reading(best.digits, best.whole / (whole + _OTHER))


def _longer(
    paths: dict[str, _Path], place: int, absent: float, likely: list[tuple[int, float]]
) -> dict[str, _Path]:
    """Follow every reading by one more sign: left out, or as one of the likely digits."""
    longer: dict[str, _Path] = {}
    for text, path in paths.items():
        _add(longer, text, path, absent, None)
        for digit, step in likely:
            if step > _UNLIKELY:
                _add(longer, text + str(digit), path, step, (place, digit))
    return longer


def _add(
    paths: dict[str, _Path],
    text: str,
    path: _Path,
    step: float,
    digit: tuple[int, int] | None,
) -> None:
    """Add a way to a text to those there are."""
    likely, whole = path.likely * step, path.whole * step
    ways = path.digits if digit is None else (*path.digits, digit)
    if (known := paths.get(text)) is not None:
        whole += known.whole
        if known.likely >= likely:
            likely, ways = known.likely, known.digits
    paths[text] = _Path(likely, ways, whole)


def _kept(paths: dict[str, _Path]) -> dict[str, _Path]:
    """Keep the likeliest readings."""
    order = sorted(paths.items(), key=lambda item: item[1].whole, reverse=True)
    return dict(order[:_BEAM])

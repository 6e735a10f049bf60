from collections.abc import Iterable

import numpy as np
import pytest
import regex

from inkread import SettingsError
from inkread.fit import Known, candidates
from inkread.whole import Reading, likeliest

DOUBT = 0.6  # of the first of two digits that a sign may be


def signs(*likely: str, there: float = 0.99) -> tuple[np.ndarray, np.ndarray]:
    """Return signs each of which may be the digits of a text, the first rather than the second."""
    digits = np.full((len(likely), 10), 1e-5, np.float32)
    for row, names in enumerate(likely):
        for name, share in zip(names, (DOUBT, 1 - DOUBT) if len(names) > 1 else (1,), strict=True):
            digits[row, int(name)] = share
    return np.full(len(likely), there, np.float32), digits


def reading(known: Known | None, *likely: str) -> Reading:
    assert known is not None
    return likeliest(*signs(*likely), np.zeros((0, 11), np.float32), (1, 1), known)


def read(known: Known | None, *likely: str) -> str | None:
    fit = reading(known, *likely)
    return fit.text if fit.probability else None


def test_the_likeliest_reading_that_fits_wins() -> None:
    assert read(Known.of(r"\d{3}", None, None), "17", "94", "3") == "193"
    assert read(Known.of(r"7\d*", None, None), "17", "94", "3") == "793"


def test_of_the_only_numbers_there_can_be_one_is_read() -> None:
    assert read(Known.of(None, None, ["743", "1983", "2"]), "17", "94", "3") == "743"


def test_a_length_leaves_out_what_is_hardly_there() -> None:
    there, digits = signs("1", "2", "3")
    there[1] = 0.3
    known = Known.of(None, 2, None)
    assert known is not None
    found = candidates(there, digits, known)
    best = max(found, key=lambda text: found[text].probability)
    assert (best, found[best].places) == ("13", (0, 2))


def test_a_length_and_a_pattern_hold_together() -> None:
    assert read(Known.of("1.*|74", 3, None), "17", "94", "3") == "193"
    assert read(Known.of("74", 3, None), "17", "94", "3") is None


def test_the_probability_is_that_among_all_that_fits() -> None:
    fit = reading(Known.of("19|74", None, None), "17", "94")
    one, other = DOUBT * DOUBT, (1 - DOUBT) ** 2
    assert fit.probability == pytest.approx(one / (one + other), abs=0.02)


def test_what_no_reading_fits_is_refused() -> None:
    assert read(Known.of("8", None, None), "1", "2") is None
    assert read(Known.of(None, None, []), "1") is None


def test_knowing_nothing_is_nothing_known() -> None:
    assert Known.of(None, None, None) is None


@pytest.mark.parametrize(
    ("pattern", "length", "message"),
    [
        (
            "(",
            None,
            "needs a regular expression, missing ) at position 1: (",
        ),
        (None, 0, "length needs a whole number from 1 on, got: 0"),
        ("(", 3, "needs a regular expression, missing ) at position 1: ("),
        (r"(?u)\d{4}", None, r"the pattern needs to do without (?u): (?u)\d{4}"),
        (r"(?r)1\d2", None, r"the pattern needs to do without (?r): (?r)1\d2"),
        (r"(?x)\d # one", None, r"the pattern needs to do without (?x): (?x)\d # one"),
        (r"\d(?#1)", None, r"the pattern needs to do without (?#1: \d(?#1)"),
        ("(?R)", None, "the pattern needs to do without (?R): (?R)"),
        (r"(\d|(?1)(?1))+", None, r"the pattern needs to do without (?1): (\d|(?1)(?1))+"),
        (
            r"(?:\d{2})(?i){3}",
            None,
            r"the pattern needs to do without (?i): (?:\d{2})(?i){3}",
        ),
        (
            r"(?:1978){e<=1}",
            None,
            r"the pattern needs { to be followed by a count, as {8}: (?:1978){e<=1}",
        ),
        (r"\d{1 0}", None, r"the pattern needs { to be followed by a count, as {8}: \d{1 0}"),
    ],
)
def test_what_makes_no_sense_is_refused(
    pattern: str | None, length: int | None, message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Known.of(pattern, length, None)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:(?:\d{100}){100}){100}",
        r"(?:(?:\d{9,100}){,100}){100,}",
        r"(?:(?:){9999}){9999}",
        r"(?:[^](){}]{1000}\)){999}",
        r"\d{99999999999999999999}",
    ],
)
def test_a_pattern_that_would_take_all_memory_is_refused(pattern: str) -> None:
    with pytest.raises(SettingsError, match="the pattern repeats too much"):
        Known.of(pattern, None, None)


@pytest.mark.parametrize(
    "pattern",
    [
        "|".join(rf"\d{{{length}}}" for length in range(4, 20)),
        r"(?:\d{4}){4}|[{}]{2}\(3{8,}",
        r"(?:(?:[0-9]{3}){4}){9}",
        r"(?=1)(?!2)(?<first>\d)(?P<last>\d)(?<=2)(?<!3)(?>\d)#?[(?R{]\{",
    ],
)
def test_patterns_may_repeat(pattern: str) -> None:
    assert Known.of(pattern, None, None) is not None


@pytest.mark.parametrize(
    ("allowed", "message"),
    [
        ("1978", "allowed needs a list of numbers, got one text: '1978'"),
        (["7", "12.50"], "allowed needs numbers of up to 64 digits, got: '12.50'"),
        (["٣"], "allowed needs numbers of up to 64 digits, got: '٣'"),
        (["1" * 65], f"allowed needs numbers of up to 64 digits, got: '{'1' * 64}…'"),
    ],
)
def test_what_is_allowed_are_numbers(allowed: Iterable[str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Known.of(None, None, allowed)
    assert caught.value.message == message


@pytest.mark.parametrize("pattern", [r"(1|11|1\d?1)+(1|11)+2", r"(?:\d*\d*\d*\d*x)?\d+"])
def test_a_pattern_that_takes_for_ever_is_stopped(pattern: str) -> None:
    """The first by a single match, the second by many each of which is soon done."""
    known = Known(regex.compile(pattern), left_s=0.05)
    with pytest.raises(SettingsError, match="the pattern takes too long"):
        candidates(*signs(*["17"] * 40), known)

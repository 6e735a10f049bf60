"""How a number is read by its signs and by its steps."""

from itertools import product

import numpy as np
import pytest

from inkread.fit import Known, candidates
from inkread.whole import aligned, by_steps, likeliest, log_likelihoods, readings

NONE = 10


def steps(*names: str, sure: float = 0.9) -> np.ndarray:
    """Return steps that are one of some digits, or none (`_`), each as likely as the others."""
    shares = np.full((len(names), 11), (1 - sure) / 10, np.float32)
    for row, each in zip(shares, names, strict=True):
        for name in each:
            row[NONE if name == "_" else int(name)] += (sure - (1 - sure) / 10) / len(each)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def read(path: tuple[int, ...]) -> str:
    """Read a path of steps: what repeats without a step of none between is one digit."""
    kept = [each for index, each in enumerate(path) if index == 0 or each != path[index - 1]]
    return "".join(str(each) for each in kept if each != NONE)


def test_the_likelihood_of_a_text_is_that_of_all_paths_to_it() -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(3), 5)
    every = np.zeros((5, 11), np.float32)
    every[:, [1, 2, NONE]] = shares
    paths: dict[str, float] = {}
    for path in product([1, 2, NONE], repeat=5):
        likely = float(np.prod([every[row, name] for row, name in enumerate(path)]))
        paths[read(path)] = paths.get(read(path), 0) + likely
    texts = ["", "1", "12", "11", "2121", "111"]
    assert np.exp(log_likelihoods(texts, every)) == pytest.approx(
        [paths[text] for text in texts], rel=1e-4
    )
    assert by_steps(every)[0] == max((text for text in paths if text), key=paths.__getitem__)


def test_a_digit_twice_needs_a_step_between() -> None:
    assert by_steps(steps("1", "1", "_", "7"))[0] == "17"
    assert by_steps(steps("1", "_", "1", "7"))[0] == "117"


def test_without_steps_all_texts_are_as_likely() -> None:
    none = np.zeros((0, 11), np.float32)
    assert by_steps(none) == []
    first, second = log_likelihoods(["12", "3"], none)
    assert first == second


def test_steps_in_a_row_that_show_nothing_change_nothing() -> None:
    some = steps("1", "_", "2", sure=0.99)
    nothing = np.full((40, 11), 1e-6, np.float32)
    nothing[:, NONE] = 1
    long = np.concatenate([nothing, some, nothing])
    assert log_likelihoods(["12", "1"], long) == pytest.approx(
        log_likelihoods(["12", "1"], some), abs=0.01
    )


def signs(text: str, there: float = 0.9, sure: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    digits = np.full((len(text), 10), (1 - sure) / 9, np.float32)
    digits[np.arange(len(text)), [int(each) for each in text]] = sure
    return np.full(len(text), there, np.float32), digits


def test_a_text_comes_about_from_signs_in_the_likeliest_way() -> None:
    there, digits = signs("123")
    way = aligned("13", there, digits)
    assert way.places == (0, 2)
    found = candidates(there, digits)["13"]
    assert found.places == way.places
    assert found.probability == pytest.approx(way.probability)
    assert aligned("1234", there, digits).places == ()


def test_what_the_steps_say_decides_what_the_signs_leave_open() -> None:
    there, digits = signs("147", there=0.99)
    digits[1] = 0.02
    digits[1, 4], digits[1, 9] = 0.44, 0.40
    alone = likeliest(there, digits, np.zeros((0, 11), np.float32), (1, 1))
    assert alone.text == "147"
    both = likeliest(there, digits, steps("1", "_", "9", "_", "7"), (1, 1))
    assert both.text == "197"
    assert both.probability > alone.probability
    assert both.shares[1, 9] > 0.9
    assert likeliest(there, digits, steps("1", "_", "9", "_", "7"), (1, 0)).text == "147"


def test_what_is_hardly_there_is_read_where_the_steps_show_it() -> None:
    there, digits = signs("107")
    there[1] = 0.3
    assert likeliest(there, digits, steps("1", "_", "7"), (1, 1)).text == "17"
    assert likeliest(there, digits, steps("1", "_", "0", "_", "7"), (1, 1)).text == "107"


def test_one_sign_that_may_be_none_is_not_surer_than_that() -> None:
    there, digits = signs("7", there=0.6, sure=0.99)
    alone = likeliest(there, digits, np.zeros((0, 11), np.float32), (1, 1))
    assert alone.text == "7"
    assert alone.probability == pytest.approx(0.6 * 0.99, abs=0.01)
    assert alone.shares[0, 7] == alone.probability


def test_nothing_is_surer_than_sure() -> None:
    """Rounded as they are added up, the shares of the readings of a sure sign come to over 1."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        there, digits = signs("1978", sure=0.999)
        there -= rng.uniform(0, 0.01, 4).astype(np.float32)
        assert likeliest(there, digits, np.zeros((0, 11), np.float32), (1, 1)).shares.max() <= 1


def test_what_the_steps_show_has_to_fit_as_well() -> None:
    known = Known.of("4[78]|41", None, None)
    found = readings(*signs("47", sure=0.9995), steps("4", "_", "1"), known)
    assert set(found) == {"47", "41"}  # one by the signs, one by the steps
    assert set(readings(*signs("47", sure=0.9995), steps("4", "_", "9"), known)) == {"47"}

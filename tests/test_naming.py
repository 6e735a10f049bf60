import numpy as np
import pytest

from inkread.lines import numbers
from inkread.locate import Signs
from inkread.maps import SIGNS, Found
from inkread.naming import (
    Calibration,
    log_odds,
    named,
    number_confidence,
    number_features,
    presence_features,
)


def signs(
    seen: list[dict[str, float]], looked: list[dict[str, float]], presence: list[float]
) -> Signs:
    """Return signs with logits by name, and probabilities by digit, `x` for none."""
    logits = np.zeros((len(seen), len(SIGNS)), np.float32)
    close = np.full((len(seen), 11), 0.001, np.float32)
    for row in range(len(seen)):
        for name, value in seen[row].items():
            logits[row, SIGNS.index(name)] = value
        for name, value in looked[row].items():
            close[row, 10 if name == "x" else int(name)] = value
    boxes = np.array([(40 * row, 0, 40 * row + 20, 34) for row in range(len(seen))], np.float32)
    boxes = boxes.reshape(-1, 4)
    inks = np.zeros((len(seen), 28, 28), np.float32)
    unsaid = np.full((len(seen), 11), 1 / 11, np.float32)
    found = Found(boxes, np.array(presence, np.float32), logits)
    free, strangers = np.ones(len(seen), np.bool_), np.zeros(len(seen), np.float32)
    return Signs(found, inks, close, unsaid, free, strangers, np.zeros_like(strangers))


def test_both_networks_say_which_digit_it_is() -> None:
    both = signs([{"4": 3, "9": 2.5}], [{"9": 0.9}], [0.9])
    assert named(both, Calibration(free=(1, 0, 0))).digits.argmax() == 4
    assert named(both, Calibration(free=(0.5, 1, 0))).digits.argmax() == 9
    assert named(both, Calibration()).digits.sum() == pytest.approx(1)


def test_a_sign_is_a_digit_by_the_likeliest_of_its_names() -> None:
    """One that is kept as a digit, though all separators together are likelier, has to be one."""
    doubtful = signs([{"1": 2.0, "-": 1.8, ",": 1.8}, {"1": 1.0, ",": 1.8}], [{}, {}], [0.9, 0.9])
    assert named(doubtful, Calibration()).is_digit.tolist() == [True, False]
    assert [each.tolist() for each in numbers(doubtful.found.take(np.array([0])))] == [[0]]
    assert numbers(doubtful.found.take(np.array([1]))) == []


def test_the_ink_of_a_sign_alone_says_which_digit_it_is_too() -> None:
    both = signs([{"4": 3}], [{"4": 0.9}], [0.9])
    both.alone[0] = np.where(np.arange(11) == 9, 0.99, 0.001)
    assert named(both, Calibration()).digits.argmax() == 4
    sure_of_free = Calibration(free=(1, 1, 3))
    assert named(both, sure_of_free).digits.argmax() == 9
    both.free[0] = False  # a part of its neighbour may be left on it
    assert named(both, sure_of_free).digits.argmax() == 4


def test_separators_are_told_from_digits() -> None:
    both = signs([{"1": 8}, {".": 8}], [{"1": 0.9}, {"x": 0.9}], [0.9, 0.8])
    every = named(both, Calibration())
    assert every.is_digit.tolist() == [True, False]
    assert every.there[1] == pytest.approx(0.8)


def test_what_is_none_to_the_second_network_is_less_likely_there() -> None:
    both = signs([{"1": 8}] * 2, [{"1": 0.99}, {"1": 0.05, "x": 0.95}], [0.7, 0.7])
    there = named(both, Calibration(presence=(0, 1, 0, -0.5, 0, 0, 0, 0, 0, 0))).there
    assert there[0] > 0.9
    assert there[1] < 0.5


def test_a_sign_fainter_than_others_is_less_likely_there() -> None:
    both = signs([{"1": 8}] * 2, [{"1": 0.99}] * 2, [0.7, 0.7])
    both = both._replace(faintness=np.array([0, -1.5], np.float32))
    there = named(both, Calibration(presence=(*(0, 1), *(0,) * 7, 1))).there
    assert there[0] == pytest.approx(0.7, abs=1e-3)
    assert there[1] < 0.5


def test_company_beside_and_a_surer_sign_over_it_tell_whether_it_is_there() -> None:
    both = signs([{"1": 8}] * 4, [{"1": 0.99}] * 4, [0.9, 0.5, 0.9, 0.5])
    both.found.boxes[3] = both.found.boxes[2] + 3  # nearly the same place
    *_, company, covered, _, _ = presence_features(both)
    assert company[1] == pytest.approx(1.8)  # between two sure ones
    assert company[0] == pytest.approx(0.5)
    assert covered[:3].tolist() == [0, 0, 0]
    assert covered[3] == pytest.approx(0.9 * 17 * 31 / (20 * 34))


def test_a_sign_is_measured_by_others_and_not_by_itself() -> None:
    several = signs([{"1": 8}] * 3, [{"1": 0.99}] * 3, [0.9, 0.9, 0.3])
    several.found.boxes[1, 3] += 34  # twice as high as the others
    unlike = presence_features(several)[4]
    assert unlike == pytest.approx([np.log(2) - 0.6, np.log(2) - 0.6, 0], abs=1e-5)
    only = signs([{"1": 8}], [{"1": 0.99}], [0.9])
    assert presence_features(only)[4].tolist() == [0]


def test_nothing_has_no_names() -> None:
    every = named(signs([], [], []), Calibration())
    assert every.digits.shape == (0, 10)


def test_the_confidence_of_a_number_is_calibrated() -> None:
    both = signs([{"1": 3}, {"7": 3}], [{"1": 3}, {"7": 3}], [0.9, 0.9])
    joined = np.array([False, True])
    both = both._replace(strangers=np.array([0, 2], np.float32), free=~joined)
    bare = np.array([0, 3], np.float32)
    alone, in_a_word = (number_features(0.7, both, np.array([place]), bare) for place in (0, 1))
    pair = number_features(0.7, both, np.array([0, 1]), np.array([3, 0.4], np.float32))
    assert pair.tolist() == pytest.approx([alone[0], 1, alone[2], 0.5, 0.5, np.log(4), 0.4])

    def sure(features: np.ndarray, calibration: Calibration) -> float:
        return float(number_confidence(features[None], calibration)[0])

    unfitted, even = Calibration(), Calibration(stands=(0,) * 8)
    doubts_words = Calibration(stands=(1, 0, -1, 0, 0, 0, 0, 0))
    doubts_text = Calibration(stands=(1, 0, 0, 0, 0, 0, -1, 0))
    assert sure(alone, unfitted) == pytest.approx(0.7, abs=1e-3)
    assert sure(alone, Calibration(number=(-1, 1))) < 0.7
    assert sure(alone, even) == pytest.approx(0.35, abs=1e-3)
    assert sure(in_a_word, doubts_words) < sure(alone, doubts_words)
    amid_letters = number_features(0.7, both, np.array([0]), np.array([20, 3], np.float32))
    assert sure(amid_letters, doubts_text) < sure(alone, doubts_text)
    none, all_ = (number_features(each, both, np.array([0]), bare) for each in (0, 1))
    assert 0 < sure(none, unfitted) < sure(all_, unfitted) < 1


def test_log_odds_are_bounded() -> None:
    assert np.isfinite(log_odds(np.array([0, 1], np.float32))).all()
    assert log_odds(np.array([0.5], np.float32))[0] == pytest.approx(0)

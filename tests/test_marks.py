"""Ink where no sign may have been seen."""

import numpy as np

from inkread.maps import NOISE, Floats
from inkread.marks import are_rows, covered, like_digits, strangers, too_small
from inkread.picture import Grey
from tests.drawing import written


def _boxes(*corners: tuple[float, float, float, float]) -> Floats:
    return np.array(corners, np.float32).reshape(-1, 4)


def _inked(*corners: tuple[int, int, int, int]) -> Grey:
    """Return a normalised page with filled boxes on it."""
    page = np.full((100, 200), 51, np.uint8)
    for left, top, right, bottom in corners:
        page[top:bottom, left:right] = 255
    return page


def test_what_of_the_ink_is_covered() -> None:
    page = _inked((10, 10, 20, 30), (50, 10, 60, 30))
    assert covered(page, _boxes()) == 0
    assert covered(page, _boxes((10, 10, 20, 30))) == 0.5
    assert covered(page, _boxes((0, 0, 100, 50))) == 1


def test_marks_outside_of_what_was_seen_may_be_digits_too_small_for_that() -> None:
    page = _inked(
        (10, 10, 18, 22),  # as high as a small digit
        (40, 10, 42, 22),  # a 1
        (60, 10, 90, 22),  # digits that touch
        (10, 50, 14, 54),  # a speck
        (40, 50, 60, 74),  # high enough for the network to have seen it
        (10, 90, 190, 99),  # a line
        (150, 10, 158, 22),  # seen
    )
    found = too_small(page, _boxes((148, 8, 160, 24)), least_px=12)
    assert found.boxes.tolist() == [[10, 10, 18, 22], [40, 10, 42, 22], [60, 10, 90, 22]]
    assert found.is_digit.all()
    assert found.presence.max() < 0.3


def test_marks_like_digits_are_the_same_whichever_way_up() -> None:
    page = _inked((10, 10, 18, 22), (40, 10, 43, 22), (10, 50, 14, 54), (10, 90, 190, 93))
    upright, turned = (
        like_digits(np.ascontiguousarray(np.rot90(page, quarters)), 12) for quarters in (0, 1)
    )
    assert upright.tolist() == [[10, 10, 18, 22], [40, 10, 43, 22]]
    assert len(turned) == 2


def test_a_column_of_numbers_is_no_digit() -> None:
    texts = ["2741"] * 9
    picture, _ = written(texts, (300, 120), height=16, pen=2, top=10, left=10)
    one, _ = written(["1"], (300, 120), height=260, pen=30)
    whole = _boxes((5, 5, 100, 295), (5, 5, 100, 60))
    assert are_rows(whole, picture, NOISE, least_px=12).tolist() == [True, False]
    assert not are_rows(whole, one, NOISE, least_px=12).any()


def test_strangers_are_marks_beside_a_sign_that_are_no_signs() -> None:
    digit, letter, far = (60, 30, 80, 64), (90, 34, 106, 64), (150, 30, 170, 64)
    page = _inked(digit, letter, far, (30, 30, 50, 64), (55, 80, 85, 84))  # the last is a rule
    signs = _boxes(digit, far)
    assert strangers(page, signs, _boxes()).tolist() == [2, 0]
    assert strangers(page, signs, _boxes((30, 30, 50, 64))).tolist() == [1, 0]
    assert strangers(page, signs, _boxes((28, 28, 52, 66), letter)).tolist() == [0, 0]
    assert strangers(page, _boxes(), _boxes(digit)).tolist() == []
    assert strangers(_inked(), signs, signs).tolist() == [0, 0]

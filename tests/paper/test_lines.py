import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkread import BlankPicture
from inkread.paper.lines import _runs, without_ruled_lines
from tests.drawing import Photo, stroke_mask


def drawn(digit: int, **place: float) -> np.ndarray:
    place = {"top": 120, "left": 200, "height": 200, "pen": 14} | place
    return (stroke_mask(digit, (480, 480), **place) > 0.5).astype(np.uint8)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def test_lines_go_and_the_digit_stays_whole() -> None:
    digit = drawn(8)
    ruled = digit.copy()
    for row in range(20, 480, 60):
        cv2.line(ruled, (0, row), (479, row + 9), 1, 2)
        cv2.line(ruled, (row, 0), (row - 9, 479), 1, 2)
    assert overlap(ruled, digit) < 0.5
    assert overlap(without_ruled_lines(ruled), digit) > 0.93
    assert cv2.connectedComponents(without_ruled_lines(ruled))[0] == 2


def test_the_bar_of_a_thin_7_is_no_ruled_line() -> None:
    seven = drawn(7, top=20, left=60, height=440, pen=4)
    assert np.array_equal(without_ruled_lines(seven), seven)


def test_a_thin_upright_1_is_no_ruled_line() -> None:
    one = np.zeros((480, 480), np.uint8)
    cv2.line(one, (240, 60), (236, 420), 1, 4)
    assert np.array_equal(without_ruled_lines(one), one)


def test_nothing_is_left_of_empty_squared_paper() -> None:
    paper = (Photo(rules=10, squares=True, tilt=2)._rules() > 0.3).astype(np.uint8)
    assert without_ruled_lines(paper).sum() < 0.02 * paper.sum()


@given(st.integers(0, 2**32), st.floats(0.02, 0.98), st.integers(1, 6), st.integers(2, 12))
def test_runs_are_those_of_the_whole_picture(
    seed: int, share: float, thickest: int, shortest: int
) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((40, 50), np.uint8)
    top, left = rng.integers(0, 20, 2)
    mask[top : top + rng.integers(1, 40), left : left + rng.integers(1, 50)] = 1
    mask &= (rng.random(mask.shape) < share).astype(np.uint8)
    if not mask.any():
        return
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    thin = cv2.bitwise_and(mask, 1 - thick)
    runs = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    assert np.array_equal(_runs(mask, thickest, shortest), runs)


def test_an_empty_mask_is_blank() -> None:
    with pytest.raises(BlankPicture, match=r"^the picture has no ink$"):
        without_ruled_lines(np.zeros((80, 80), np.uint8))

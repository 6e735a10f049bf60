import numpy as np
import pytest

from inkread import BlankPicture
from inkread.ink import Ink, Mask
from inkread.paper.parts import digit_alone
from tests.drawing import stroke_mask


def ink_of(digit: int = 5, *, left: float = 130) -> Ink:
    return stroke_mask(digit, (300, 400), top=60, left=left, height=160, pen=14)


def alone(ink: Ink) -> Mask:
    return digit_alone((ink > 0.08).astype(np.uint8), ink)


def test_one_part_is_the_digit() -> None:
    ink = ink_of()
    assert np.array_equal(alone(ink), ink > 0.08)


@pytest.mark.parametrize(
    "dirt",
    [
        np.s_[5:8, 5:8],  # a speck far away
        np.s_[0:30, 380:400],  # a scrap in the corner
        np.s_[296:300, 0:400],  # the edge of a table
        np.s_[200:203, 260:263],  # a speck beside it
    ],
)
def test_dirt_is_not(dirt: tuple[slice, slice]) -> None:
    ink = ink_of()
    dirty = ink.copy()
    dirty[dirt] = 1
    assert np.array_equal(alone(dirty), ink > 0.08)


def test_a_box_among_many_specks_is_no_digit() -> None:
    ink = ink_of()
    boxed = ink.copy()
    boxed[2::5, 2::5] = 1  # 4,800 specks
    boxed[20:280, 60:360] = ink[20:280, 60:360]
    boxed[20:280, 60:64] = boxed[20:280, 356:360] = 1
    boxed[20:24, 60:360] = boxed[276:280, 60:360] = 1
    assert np.array_equal(alone(boxed), ink > 0.08)


def test_a_digit_of_two_parts_stays_whole() -> None:
    ink = ink_of()
    ink[60:230, 180:184] = 0
    assert np.array_equal(alone(ink), ink > 0.08)


def test_a_part_that_is_nowhere_dark_is_not() -> None:
    ink = ink_of()
    pale = np.maximum(ink, 0.4 * ink_of(1, left=300))
    assert np.array_equal(alone(pale), ink > 0.08)


def test_what_comes_in_from_the_rim_is_a_scrap_and_the_same_elsewhere_a_digit() -> None:
    ink = np.zeros((300, 400), np.float32)
    ink[0:30, 200:206] = 1
    assert not alone(ink).any()
    assert alone(np.roll(ink, 50, axis=0)).any()


def test_an_empty_mask_is_blank() -> None:
    with pytest.raises(BlankPicture, match=r"^the picture has no ink$"):
        alone(np.zeros((80, 80), np.float32))

"""The ink of a sign without that of its neighbours."""

import cv2
import numpy as np

from inkread.alone import alone
from inkread.maps import PAPER, SIGNS, Found


def page_with(*lines: tuple[tuple[int, int], tuple[int, int]]) -> np.ndarray:
    page = np.full((60, 120), PAPER, np.uint8)
    for start, end in lines:
        cv2.line(page, start, end, 255, 4)
    return page


def at(*boxes: tuple[int, int, int, int], presence: float = 0.9) -> Found:
    sure = np.full(len(boxes), presence, np.float32)
    corners = np.array(boxes, np.float32).reshape(-1, 4)
    return Found(corners, sure, np.zeros((len(boxes), len(SIGNS)), np.float32))


def test_ink_that_reaches_into_the_box_of_another_is_left_out() -> None:
    page = page_with(((30, 10), (30, 44)), ((44, 12), (64, 40)), ((36, 38), (44, 12)))
    (bar, roof), _ = alone(page, at((24, 8, 42, 46), (36, 10, 68, 44)))
    columns = np.flatnonzero(bar.max(axis=0) > 0.3)
    assert np.ptp(columns) < 4  # the upright bar, without the foot of its neighbour
    assert np.ptp(np.flatnonzero(roof.max(axis=0) > 0.3)) > 15
    (both, _), _ = alone(page, at((24, 8, 42, 46), (36, 10, 68, 44), presence=0.2))
    assert np.ptp(np.flatnonzero(both.max(axis=0) > 0.3)) > 5  # who is unsure owns nothing


def test_ink_is_followed_out_of_its_box_but_shared_ink_is_cut() -> None:
    page = page_with(((40, 6), (40, 50)))
    (followed,), free = alone(page, at((34, 6, 46, 40)))
    (whole,), _ = alone(page, at((34, 4, 46, 54)))
    assert free.all()
    assert np.abs(followed - whole).max() < 0.01
    page = page_with(((10, 30), (110, 30)))
    (left, _), free = alone(page, at((10, 20, 60, 40), (60, 20, 110, 40)))
    assert 18 <= np.ptp(np.flatnonzero(left.max(axis=0) > 0.3)) <= 20
    assert not free.any()


def test_where_digits_touch_each_keeps_its_part() -> None:
    """Most of their ink is the wide one's: the other one neither vanishes nor is swallowed."""
    page = page_with(((20, 10), (20, 44)), ((30, 10), (60, 10)), ((60, 10), (60, 44)))
    cv2.line(page, (30, 44), (60, 44), 255, 4)
    cv2.line(page, (30, 10), (30, 44), 255, 4)
    cv2.line(page, (20, 28), (30, 28), 255, 4)  # where they touch
    (bar, ring), free = alone(page, at((17, 8, 24, 46), (27, 8, 63, 46)))
    assert not free.any()
    assert np.ptp(np.flatnonzero(bar.max(axis=0) > 0.3)) < 6
    assert np.flatnonzero(bar.max(axis=1) > 0.5).size >= 18
    assert np.ptp(np.flatnonzero(ring.max(axis=0) > 0.3)) >= 16
    assert np.ptp(np.flatnonzero(ring.max(axis=1) > 0.3)) >= 17


def test_a_box_without_ink_or_off_the_page_is_blank() -> None:
    page = page_with(((30, 10), (30, 44)))
    blank, _ = alone(page, at((60, 10, 80, 40), (-40, -40, -10, -10), (200, 5, 220, 30)))
    assert blank.shape == (3, 28, 28)
    assert not blank.any()
    assert alone(page, at())[0].shape == (0, 28, 28)

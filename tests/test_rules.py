"""Lines between the signs of a number."""

import cv2
import numpy as np
import pytest

from inkread.maps import Floats
from inkread.picture import Grey
from inkread.rules import parted

TOP, BOTTOM = 80, 120


def _row(*lefts: int) -> tuple[Grey, Floats]:
    """Return grainy paper with filled signs of 20×40 px, and their boxes."""
    grain = np.random.default_rng(0).normal(0, 4, (200, 300))
    page: Grey = np.clip(200 + grain, 0, 255).astype(np.uint8)
    for left in lefts:
        page[TOP:BOTTOM, left : left + 20] = 60
    boxes = [(left, TOP, left + 20, BOTTOM) for left in lefts]
    return page, np.array(boxes, np.float32)


def _ruled(page: Grey, x: int, lean: int = 0, first: int = 10, last: int = 190) -> None:
    cv2.line(page, (x - lean, first), (x + lean, last), 160, 2, cv2.LINE_AA)


@pytest.mark.parametrize("lean", [-6, 0, 6])
def test_a_line_down_the_page_parts_what_it_runs_between(lean: int) -> None:
    page, boxes = _row(40, 70, 120, 150)
    assert not parted(page, boxes).any()
    _ruled(page, 104, lean)
    assert parted(page, boxes).tolist() == [False, True, False]


def test_digits_of_any_size_are_parted() -> None:
    page, boxes = _row(40, 70, 120, 150)
    _ruled(page, 104)
    for factor in (0.5, 6):
        large = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        scaled = boxes * np.float32(factor)
        assert parted(np.asarray(large, np.uint8), scaled).tolist() == [False, True, False]


def test_a_line_as_high_as_a_digit_is_one() -> None:
    page, boxes = _row(40, 100, 160)
    _ruled(page, 80, first=TOP - 5, last=BOTTOM + 5)
    assert not parted(page, boxes).any()


def test_ones_above_and_below_are_no_line() -> None:
    page, boxes = _row(40, 100, 160)
    for first in (10, 140):
        _ruled(page, 80, first=first, last=first + 50)
    assert not parted(page, boxes).any()


def test_boxes_with_a_digit_in_each_part_nothing() -> None:
    page, boxes = _row(40, 80, 120)
    for x in (30, 70, 110, 150):
        _ruled(page, x)
    assert not parted(page, boxes).any()


def test_a_sign_alone_and_one_at_the_rim_are_not_parted() -> None:
    page, boxes = _row(40, 100)
    assert parted(page, boxes[:1]).shape == (0,)
    _ruled(page, 80)
    assert not parted(page[TOP:BOTTOM], boxes - np.array([0, TOP, 0, TOP], np.float32)).any()

import numpy as np
import pytest

from inkread.maps import PAPER
from inkread.strips import STRIP_PX, strip
from tests.drawing import written


def corners(boxes: list[tuple[float, float, float, float]]) -> np.ndarray:
    return np.array(boxes, np.float32)


def test_a_strip_shows_a_number_level_and_at_one_height() -> None:
    for height in (24, 60, 150):
        size = (2 * height, 6 * height)
        picture, boxes = written(["4271"], size, height=height, pen=height / 10, left=height)
        cut = strip(picture, corners(boxes), 3.0)
        assert cut is not None
        shown, matrix = cut
        rows = np.flatnonzero((shown > 150).any(axis=1))
        assert 26 <= rows[-1] - rows[0] <= 36
        assert abs(rows.mean() - STRIP_PX / 2) < 4
        first = matrix[:, :2] @ (boxes[0][0], boxes[0][1]) + matrix[:, 2]
        assert first[0] == pytest.approx(0.9 * 30, abs=3)
        columns = np.flatnonzero((shown > 150).any(axis=0))
        assert columns[0] == pytest.approx(first[0], abs=4)


def test_a_number_that_climbs_is_made_level() -> None:
    boxes = corners(
        [(40 * each, 100 - 8 * each, 40 * each + 25, 140 - 8 * each) for each in range(6)]
    )
    page = np.full((200, 400), 230, np.uint8)
    for left, top, right, bottom in boxes.astype(int).tolist():
        page[top:bottom, left:right] = 40
    cut = strip(page, boxes, 3.0)
    assert cut is not None
    shown, matrix = cut
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    places = middles @ matrix[:, :2].T + matrix[:, 2]
    assert places[:, 1] == pytest.approx(np.full(6, STRIP_PX / 2), abs=2)
    assert shown.shape[1] % 8 == 0


def test_what_lies_off_the_page_is_paper() -> None:
    cut = strip(np.full((20, 20), 200, np.uint8), corners([(2, -3, 12, 22)]), 3.0)
    assert cut is not None
    assert (cut[0][[0, -1]] == PAPER).all()


def test_what_is_no_number_is_not_cut_out() -> None:
    page = np.zeros((50, 3000), np.uint8)
    assert strip(page, corners([(0, 0, 10, 20), (2900, 0, 2910, 20)]), 3.0) is None
    assert strip(page, corners([(4000, 0, 4010, 20)]), 3.0) is None

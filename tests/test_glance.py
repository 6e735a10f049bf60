"""In which sizes a page is looked at, and what of that counts."""

import numpy as np
import pytest

from inkread.engine import PageEngine
from inkread.glance import _explained, _finer, _thinned, glance
from inkread.maps import DIGIT_PX, SIGNS, STRIDES_PX, Floats, Found
from inkread.picture import Grey


def _digits(heights: list[float], presence: float, tilt: float = 0) -> Found:
    """Return digits beside each other on a line, each so many px lower than the one before."""
    boxes = [
        (30 * place, tilt * place, 30 * place + 20, tilt * place + high)
        for place, high in enumerate(heights)
    ]
    signs = np.zeros((len(heights), len(SIGNS)), np.float32)
    signs[:, 7] = 5
    there = np.full(len(heights), presence, np.float32)
    return Found(np.array(boxes, np.float32).reshape(-1, 4), there, signs)


def test_the_next_look_is_as_fine_as_the_digits_that_are_seen_ask_for() -> None:
    assert _finer(_digits([20, 21, 20], 0.8)) == pytest.approx(DIGIT_PX / 20)
    assert _finer(_digits([20, 21, 20], 0.2)) == 2  # hardly there
    assert _finer(_digits([28, 28], 0.8)) == 2  # as high as they should be: others are smaller
    assert _finer(_digits([9], 0.8)) == 2
    assert _finer(_digits([], 0.8)) == 2


def test_what_is_beside_several_digits_is_looked_at_with_them() -> None:
    pair, row = _explained(_digits([34] * 2, 0.8)), _explained(_digits([34] * 8, 0.8, tilt=5))
    assert len(pair) == 2
    assert len(row) == 16
    assert row[8:, 2] == pytest.approx(row[:8, 2] + 1.2 * 34)
    assert row[8:, 3] == pytest.approx(row[:8, 3] + 0.5 * 34)  # no corner far off the row


def test_a_pair_seen_in_two_sizes_is_no_row_of_four() -> None:
    first = _digits([34, 34], 0.8)
    both = _thinned([first, Found(first.boxes + 2, first.presence, first.signs)])
    assert len(both.boxes) == 2


class Once(PageEngine):
    """A network that sees one digit on whatever it is shown, and counts the pages."""

    def __init__(self, *reach: float) -> None:
        """Take how far the digit reaches left, up, right and down, in sides of the page."""
        super().__init__()
        self.reach = reach
        self.shown = 0

    def maps(self, page: Grey) -> Floats:
        self.shown += 1
        height, width = page.shape
        down, across = STRIDES_PX
        maps = np.full((19, height // down, width // across), -9, np.float32)
        cell = np.array([9, -9, 9, *[-9] * 12, *self.reach], np.float32)
        cell[15:] *= np.array([width, height] * 2) / DIGIT_PX
        maps[:, height // down // 2, width // across // 2] = cell
        return maps


def test_finer_looks_end_with_signs_on_the_page_not_with_one_that_it_cuts_off() -> None:
    page = np.full((200, 200), 255, np.uint8)
    page[90:110, 60:140] = 0
    whole, cut = Once(0.4, 0.4, 0.4, 0.4), Once(1.2, 0.4, 0.4, 0.4)
    glance(page, whole)
    glance(page, cut)
    assert whole.shown == 1
    assert cut.shown > 1

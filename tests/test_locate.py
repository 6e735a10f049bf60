"""Where a page is looked at, and in what order."""

import cv2
import numpy as np
import pytest

from inkread.engine import PageEngine
from inkread.locate import _explained, _finer, _thinned, _worth_a_look, glance, look
from inkread.maps import DIGIT_PX, SIGNS, STRIDES_PX, Floats, Found
from inkread.naming import Calibration
from inkread.page import PageReader
from inkread.picture import Grey
from tests.drawing import written


class Watched(PageEngine):
    """The page network, which keeps what it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Grey] = []

    def maps(self, page: Grey) -> Floats:
        self.seen.append(page)
        return super().maps(page)


def test_a_number_too_large_to_look_at_hides_no_other() -> None:
    across = np.arange(0, 12_000, 20, dtype=np.float32)
    chain = np.stack([across, 0.2 * across, across + 12, 0.2 * across + 20], axis=1)
    number = np.array([[100, 3000, 120, 3034], [125, 3000, 145, 3034]], np.float32)
    boxes = np.concatenate([chain, number])
    signs = np.zeros((len(boxes), len(SIGNS)), np.float32)
    signs[:, 7] = 5
    presence = np.linspace(0.9, 0.5, len(boxes), dtype=np.float32)
    (worth,) = _worth_a_look(Found(boxes, presence, signs))
    assert worth.rough.boxes.tolist() == number.tolist()


def test_a_small_page_is_looked_at_once_for_each_way_to_turn_it() -> None:
    """However unsure its numbers are."""
    network = Watched()
    page = written(["4271"], (90, 200), height=30)[0]
    unsure = Calibration(number=(-9.0, 0.0))
    PageReader(network, unsure, 0.5).read(page)
    assert len({each.tobytes() for each in network.seen}) == len(network.seen) > 4


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


@pytest.mark.parametrize("left", [20, 120])
def test_a_number_is_looked_at_again_only_where_it_was_not_seen_in_its_size(left: int) -> None:
    page = written(["4273"], (90, 300), height=34, left=left, top=25)[0]
    network = Watched()
    seen = glance(page, network)
    before = len(network.seen)
    again = look(seen, network)
    assert len(network.seen) == before
    off = [each._replace(factor=each.factor * 1.2) for each in seen.views]
    anew = look(seen._replace(views=off), network)
    assert len(network.seen) == before + 1
    boxes = []
    for signs in (again, anew):
        sure = signs.found.take(signs.found.presence >= 0.5)
        order = np.argsort(sure.boxes[:, 0])
        assert sure.signs[order].argmax(axis=1).tolist() == [4, 2, 7, 3]
        boxes.append(sure.boxes[order])
    assert np.allclose(boxes[0], boxes[1], atol=3)


def test_ones_that_stand_close_on_plain_paper_are_looked_at_wider() -> None:
    """0.2 of their height from middle to middle; then the same in grain, and no ones at all."""
    page = written(["30"], (280, 280), height=100, pen=5, left=20, top=90)[0]
    for x in (235, 255):
        cv2.line(page, (x + 5, 90), (x - 5, 190), 0, 5, cv2.LINE_AA)
    grain = np.random.default_rng(1).normal(-6, 2, page.shape)
    rough = np.clip(page + grain, 0, 255).astype(np.uint8)
    wide = written(["302"], (280, 420), height=100, pen=5, left=20, top=90)[0]
    network = Watched()
    for picture, more in ((page, 1), (rough, 0), (wide, 0)):
        seen = glance(picture, network)
        before = len(network.seen)
        look(seen, network)
        assert len(network.seen) == before + more
    lines, _ = PageReader(network, Calibration(**network.calibration), 0.5).read(page)
    assert [line.text for line in lines] == ["3011"]
    ones = [digit.box.left + digit.box.width / 2 for digit in lines[0].digits[2:] if digit.box]
    assert np.allclose(ones, (235, 255), atol=5)


def test_a_turned_page_is_looked_at_for_digits_not_much_smaller_than_as_it_lies() -> None:
    network = Watched()
    page = written(["42"], (280, 280), height=120, pen=8)[0]
    PageReader(network, Calibration(number=(-9.0, 0.0)), 0.5).read(page)
    assert len(network.seen) > 6  # the other ways were tried
    assert max(max(each.shape) for each in network.seen) < 280 * DIGIT_PX / 20 - 100


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

"""Where a page is looked at closely, and in what order."""

import cv2
import numpy as np
import pytest

from inkread.engine import PageEngine
from inkread.glance import glance
from inkread.locate import look
from inkread.maps import DIGIT_PX, Floats
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


def test_a_small_page_is_looked_at_once_for_each_way_to_turn_it() -> None:
    """However unsure its numbers are."""
    network = Watched()
    page = written(["4271"], (90, 200), height=30)[0]
    unsure = Calibration(number=(-9.0, 0.0))
    PageReader(network, unsure, 0.5).read(page)
    assert len({each.tobytes() for each in network.seen}) == len(network.seen) > 4


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

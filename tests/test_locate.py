"""Where a page is looked at, and in what order."""

import numpy as np

from inkread.engine import PageEngine
from inkread.locate import _worth_a_look, glance
from inkread.maps import DIGIT_PX, SIGNS, STRIDES_PX, Floats, Found
from inkread.naming import Calibration
from inkread.page import PageReader
from inkread.picture import Grey
from tests.drawing import written


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
    seen: list[Grey] = []

    class Watched(PageEngine):
        def maps(self, page: Grey) -> Floats:
            seen.append(page)
            return super().maps(page)

    page = written(["4271"], (90, 200), height=30)[0]
    unsure = Calibration(number=(-9.0, 0.0))
    PageReader(Watched(), unsure, 0.5).read(page)
    assert len({each.tobytes() for each in seen}) == len(seen) > 4


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

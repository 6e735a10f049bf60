"""Where a page is looked at, and in what order."""

import numpy as np

from inkread.engine import PageEngine
from inkread.locate import _worth_a_look
from inkread.maps import SIGNS, Floats, Found
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

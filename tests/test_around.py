"""What stands around a number."""

import numpy as np

from inkread.around import letters_around
from inkread.glance import Glance, Sheet, View
from inkread.maps import Floats, together
from inkread.picture import Grey

_NO_MAPS = np.zeros((0, 0, 0), np.float32)


def _page(*corners: tuple[int, int, int, int], factor: float = 1.0) -> Glance:
    """Return a page of 200×400 px with filled boxes on it, seen at a size."""
    grey: Grey = np.full((round(200 * factor), round(400 * factor)), 51, np.uint8)
    for corner in corners:
        left, top, right, bottom = (round(each * factor) for each in corner)
        grey[top:bottom, left:right] = 255
    return Glance(Sheet(grey, 0.0), together([]), [View(grey, _NO_MAPS, factor)])


def _boxes(*corners: tuple[int, int, int, int]) -> Floats:
    return np.array(corners, np.float32).reshape(-1, 4)


NUMBER, OTHER = (100, 60, 120, 90), (100, 110, 120, 140)
BESIDE, ABOVE = (140, 60, 160, 90), (100, 10, 120, 40)
SPECK, BAR, FAR = (10, 60, 14, 64), (180, 2, 190, 98), (360, 60, 380, 90)


def test_letters_are_marks_about_as_high_that_belong_to_no_number() -> None:
    for factor in (1.0, 0.5):
        page = _page(NUMBER, OTHER, BESIDE, ABOVE, SPECK, BAR, FAR, factor=factor)
        signs = _boxes(NUMBER, OTHER)
        two = letters_around(page, signs, [np.array([0]), np.array([1])])
        assert two.tolist() == [2, 2]
        assert letters_around(page, signs, [np.array([0])]).tolist() == [3]  # with what OTHER is


def test_more_letters_tell_no_more() -> None:
    dots = [
        (20 + 12 * column, 10 + 24 * row, 26 + 12 * column, 24 + 24 * row)
        for row in range(5)
        for column in range(12)
    ]
    page = _page(*dots)
    assert letters_around(page, _boxes(dots[30]), [np.array([0])]).tolist() == [30]


def test_a_page_without_numbers_has_nothing_around_them() -> None:
    assert letters_around(_page(), _boxes(), []).shape == (0,)

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
BEFORE, BEHIND, ABOVE = (60, 60, 80, 90), (165, 60, 185, 90), (100, 10, 120, 40)
SPECK, BAR = (10, 60, 14, 64), (135, 2, 145, 98)


def test_letters_are_marks_about_as_high_that_belong_to_no_number() -> None:
    for factor in (1.0, 0.5):
        page = _page(NUMBER, OTHER, BEFORE, BEHIND, ABOVE, SPECK, BAR, factor=factor)
        signs = _boxes(NUMBER, OTHER)
        both = letters_around(page, signs, [np.array([0]), np.array([1])])
        assert both[:, 0].tolist() == [3, 3]
        assert letters_around(page, signs, [np.array([0])])[0, 0] == 4  # with what OTHER is


def test_letters_far_away_tell_nothing() -> None:
    small = _boxes((10, 10, 16, 20))
    near, far = (10, 62, 16, 72), (10, 82, 16, 92)
    assert letters_around(_page(near, far), small, [np.array([0])])[0, 0] == 1


def test_text_goes_on_to_the_right() -> None:
    signs = _boxes(NUMBER)
    for marks, gap in (
        ((BEFORE, BEHIND), 1.5),
        ((BEFORE, ABOVE, BAR), 3.0),
        (((118, 60, 138, 90),), 0.0),
        (((300, 60, 320, 90),), 3.0),
    ):
        found = letters_around(_page(NUMBER, *marks), signs, [np.array([0])])
        assert abs(found[0, 1] - gap) < 0.15


def test_a_page_without_numbers_has_nothing_around_them() -> None:
    assert letters_around(_page(), _boxes(), []).shape == (0, 2)

"""Ink that is fainter than that of others."""

import numpy as np
import pytest

from inkread.faint import faintness
from inkread.maps import Floats
from inkread.picture import Grey

SURE = np.array([True, True, True, False])


def _page(*shades: int) -> tuple[Grey, Floats]:
    """Return paper whose light falls from left to right, with strokes of these shades."""
    light = np.linspace(240, 180, 60 * len(shades))
    page = np.tile(light, (80, 1))
    boxes = []
    for place, shade in enumerate(shades):
        left = 60 * place + 20
        page[20:60, left : left + 6] -= shade
        page[54:60, left : left + 20] -= shade
        boxes.append((left, 20, left + 20, 60))
    return np.clip(page, 0, 255).astype(np.uint8), np.array(boxes, np.float32)


def test_ink_is_compared_with_the_darker_ink_of_its_page() -> None:
    grey, boxes = _page(120, 115, 120, 30)
    found = faintness(grey, boxes, SURE)
    assert found[:3].tolist() == [0, 0, 0]
    assert found[3] == pytest.approx(np.log(30 / 120 / 0.6), abs=0.1)


def test_a_page_in_pencil_has_no_faint_signs() -> None:
    grey, boxes = _page(30, 28, 32, 27)
    assert not faintness(grey, boxes, SURE).any()


def test_size_does_not_matter() -> None:
    grey, boxes = _page(120, 115, 120, 30)
    large = faintness(grey.repeat(5, axis=0).repeat(5, axis=1), boxes * np.float32(5), SURE)
    assert large == pytest.approx(faintness(grey, boxes, SURE), abs=0.15)


def test_where_nothing_is_sure_nothing_is_faint() -> None:
    grey, boxes = _page(120, 115, 120, 30)
    assert not faintness(grey, boxes, np.zeros(4, np.bool_)).any()
    assert faintness(grey, boxes[:0], SURE[:0]).shape == (0,)

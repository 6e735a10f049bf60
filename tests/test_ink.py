from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inkread import BlankPicture, Reader
from inkread.ink import CANVAS_PX, DIGIT_PX, Ink, centre, crop, frame, framed_already, scale
from inkread.paper import extract
from tests import mnist
from tests.drawing import Grey, canvas

# MNIST's own rounding of this one's centre of mass differs by a pixel.
DIFFERENT = [19_841]


def test_every_training_picture_of_mnist_comes_back_bit_for_bit(data: Path) -> None:
    pictures = mnist.pictures(data, "train")
    inks = pictures / np.float32(255)
    framed = [row for row, ink in enumerate(inks) if max(crop(ink).shape) == DIGIT_PX]
    changed = [row for row in framed if not np.array_equal(frame(crop(inks[row])), inks[row])]
    assert len(framed) == 59_987
    assert changed == DIFFERENT


def test_the_reader_sees_mnist_pictures_as_they_are(data: Path, reader: Reader) -> None:
    pictures = mnist.pictures(data, "train")[:500]
    for picture, reading in zip(pictures, reader.read_digits(pictures), strict=True):
        assert np.array_equal(np.round(reading.ink * 255), picture)


def test_what_is_framed_already_would_come_back_as_it_is(data: Path) -> None:
    pictures = mnist.pictures(data, "train")[:6000]
    told = framed_already(pictures)
    assert told.mean() > 0.8
    for picture in pictures[told]:
        assert np.array_equal(frame(extract(picture)), np.divide(picture, 255, dtype=np.float32))


def as_mnist_frames(digit: int) -> Grey:
    ink = frame(extract(canvas(digit)))
    return np.asarray((255 * ink).round(), dtype=np.uint8)


# How to take a framed picture out of its frame.
SPOILT: dict[str, Callable[[Grey], Grey]] = {
    "moved to the side": lambda grey: np.roll(grey, 1, axis=1),
    "moved down": lambda grey: np.roll(grey, 1, axis=0),
    "dark on light": lambda grey: 255 - grey,
    "on grey paper": lambda grey: np.maximum(grey, 9),
    "pale": lambda grey: grey // 2,
    "too large": lambda grey: cv2.resize(grey, (56, 56))[14:42, 14:42].astype(np.uint8),
    "blank": np.zeros_like,
}


def test_a_framed_drawing_is_framed_already() -> None:
    assert framed_already(np.stack([as_mnist_frames(digit) for digit in range(10)])).all()


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_other_pictures_are_not_framed_already(spoil: Callable[[Grey], Grey]) -> None:
    pictures = [spoil(as_mnist_frames(digit)) for digit in range(10)]
    assert not framed_already(np.stack(pictures)).any()


def inks(longest: int = 60) -> st.SearchStrategy[Ink]:
    values = st.floats(0, 1, width=32)
    shapes = arrays.array_shapes(min_dims=2, max_dims=2, max_side=longest)
    return arrays.arrays(np.float32, shapes, elements=values)


@given(inks())
def test_framed_ink_is_a_28_by_28_picture_with_its_mass_in_the_middle(ink: Ink) -> None:
    try:
        framed = frame(ink)
    except BlankPicture:
        assert ink.max() <= 0.08
        return
    assert framed.shape == (CANVAS_PX, CANVAS_PX)
    assert framed.dtype == np.float32
    assert 0 <= framed.min() <= framed.max() <= 1
    box = crop(framed).shape
    for axis, places in enumerate(np.mgrid[:CANVAS_PX, :CANVAS_PX]):
        middle = float((framed * places).sum() / framed.sum())
        # Off by more than half a pixel only where it would stick out of the canvas.
        assert abs(middle - 14) <= 0.51 or box[axis] >= 12


@given(inks(longest=20), st.integers(0, 9), st.integers(0, 9))
def test_where_a_digit_stands_makes_no_difference(ink: Ink, rows: int, columns: int) -> None:
    if not ink.any():
        return
    small = np.pad(ink, ((0, 28 - ink.shape[0]), (0, 28 - ink.shape[1])))
    moved = np.roll(small, (min(rows, 28 - ink.shape[0]), min(columns, 28 - ink.shape[1])), (0, 1))
    assert np.array_equal(frame(small), frame(moved))


def test_the_longer_side_becomes_20_pixels() -> None:
    assert scale(np.ones((100, 50), np.float32)).shape == (20, 10)
    assert scale(np.ones((4, 8), np.float32)).shape == (10, 20)
    assert scale(np.ones((1, 900), np.float32)).shape == (1, 20)


def test_scaling_down_averages_instead_of_picking_pixels() -> None:
    stripes = np.tile(np.array([[0, 1]], np.float32), (40, 20))
    assert np.allclose(scale(stripes), 0.5)


def test_the_centre_of_mass_falls_on_pixel_14_14() -> None:
    ink = np.zeros((20, 20), np.float32)
    ink[:, 7] = 1
    rows, columns = np.nonzero(centre(ink))
    assert rows.mean() == pytest.approx(14, abs=0.5)
    assert set(columns) == {14}


def test_a_lopsided_digit_is_not_pushed_off_the_canvas() -> None:
    ink = np.full((20, 20), 0.01, np.float32)
    ink[:, 0] = 1
    assert centre(ink).sum() == pytest.approx(ink.sum())


def test_no_ink_is_an_error() -> None:
    with pytest.raises(BlankPicture, match=r"^the picture has no ink$"):
        frame(np.zeros((50, 50), np.float32))

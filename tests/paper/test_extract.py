"""Ink on canvases and on photographed paper, and paper without any."""

import cv2
import numpy as np
import pytest

from inkread import BlankPicture, Reader
from inkread.paper import extract
from tests.drawing import Photo, canvas, encode, stroke_mask

PAPER = {
    "plain": Photo(),
    "coarse grain": Photo(grain=8),
    "uneven light": Photo(fall_off=0.6),
    "a shadow": Photo(shadow=0.45),
    "a shadow and uneven light": Photo(shadow=0.3, fall_off=0.3),
    "the soft shadow of a hand": Photo(soft=0.4),
    "dark corners": Photo(vignette=0.6),
    "low contrast": Photo(ink=0.2, grain=1),
    "haze": Photo(ink=0.25, paper=190, fall_off=0.3, grain=1),
    "ruled": Photo(rules=6, tilt=1),
    "ruled, tilted": Photo(rules=7, tilt=4, rule_ink=0.8),
    "ruled as dark as ink": Photo(rules=6, tilt=-1, rule_ink=1),
    "squared": Photo(rules=10, squares=True, tilt=1),
    "ruled, in shadow": Photo(rules=6, shadow=0.4, fall_off=0.3, tilt=2),
    "ruled, flat as a scan": Photo(rules=6, grain=0, paper=255, ink=1),
    "chalk on slate": Photo(inverted=True),
    "chalk on slate, in shadow": Photo(inverted=True, shadow=0.4),
    "large": Photo(size=(1500, 2000), grain=6, shadow=0.3),
}
EVERY_PAPER = pytest.mark.parametrize("paper", PAPER.values(), ids=PAPER.keys())


@EVERY_PAPER
def test_a_digit_on_paper_is_read(paper: Photo, reader: Reader) -> None:
    height, pen = 0.42 * paper.size[0], 0.035 * paper.size[0]
    photos = {digit: paper.take(digit, height=height, pen=pen, seed=digit) for digit in range(10)}
    read = {digit: reader.read_digit(photo).digit for digit, photo in photos.items()}
    assert read == {digit: digit for digit in range(10)}


@EVERY_PAPER
@pytest.mark.parametrize("seed", range(3))
def test_empty_paper_is_blank(paper: Photo, seed: int, reader: Reader) -> None:
    assert reader.read_digit(paper.take(None, seed=seed)).verdict == "blank"


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_jpeg_artefacts_are_no_ink(quality: int, reader: Reader) -> None:
    photo = encode(Photo(rules=6, shadow=0.3).take(7), "jpeg", quality=quality)
    assert reader.read_digit(photo).digit == 7
    empty = encode(Photo(rules=6, shadow=0.3).take(None), "jpeg", quality=quality)
    assert reader.read_digit(empty).verdict == "blank"


@pytest.mark.parametrize(("pen", "height"), [(2, 200), (6, 90), (18, 160), (40, 200), (9, 60)])
def test_any_pen_is_read_on_a_canvas(pen: float, height: float, reader: Reader) -> None:
    read = [
        reader.read_digit(canvas(digit, top=30, left=40, height=height, pen=pen)).digit
        for digit in range(10)
    ]
    assert read == list(range(10))


@pytest.mark.parametrize("pen", [3, 8])
@pytest.mark.parametrize("margin", [1, 30])
def test_a_thin_pen_that_fills_the_picture_draws_no_ruled_lines(
    pen: int, margin: int, reader: Reader
) -> None:
    place = {"top": margin + pen, "left": margin + pen, "height": 300 - 2 * (margin + pen)}
    masks = [stroke_mask(digit, (300, 240), pen=pen, **place) for digit in range(10)]
    drawings = [(255 * (1 - mask)).round().astype(np.uint8) for mask in masks]
    assert [reader.read_digit(drawing).digit for drawing in drawings] == list(range(10))


@pytest.mark.parametrize("pen", [9, 18, 30])
def test_ink_of_one_exact_shade_on_paper_with_grain_is_the_ink(pen: int, reader: Reader) -> None:
    saturated = Photo(size=(480, 480), ink=1, paper=200, fall_off=0.3)
    photos = [saturated.take(digit, pen=pen, height=280) for digit in range(10)]
    assert [reader.read_digit(photo).digit for photo in photos] == list(range(10))


@pytest.mark.parametrize("frame_px", [1, 3, 20, 60])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_frame_around_a_drawing_is_no_ink(frame_px: int, inverted: bool, reader: Reader) -> None:
    framed = [np.pad(canvas(digit), frame_px, constant_values=40) for digit in range(10)]
    pictures = [255 - picture if inverted else picture for picture in framed]
    assert [reader.read_digit(picture).digit for picture in pictures] == list(range(10))


def test_the_box_of_a_form_is_no_ink(reader: Reader) -> None:
    boxed = [canvas(digit) for digit in range(10)]
    for picture in boxed:
        cv2.rectangle(picture, (50, 30), (240, 250), 0, 2)
    assert [reader.read_digit(picture).digit for picture in boxed] == list(range(10))


@pytest.mark.parametrize("table", [30, 90, 180])
def test_the_table_around_a_sheet_is_no_ink(table: int, reader: Reader) -> None:
    def photographed(digit: int | None) -> np.ndarray:
        sheet = Photo(grain=2).take(digit)
        scene = np.full((700, 900), table, np.float32)
        scene += np.random.default_rng(0).normal(0, 6, scene.shape)
        scene[110:590, 130:770] = sheet
        turn = cv2.getRotationMatrix2D((450, 350), 4, 1)
        turned = cv2.warpAffine(scene, turn, (900, 700), borderMode=cv2.BORDER_REPLICATE)
        return np.clip(turned, 0, 255).astype(np.uint8)

    digits = list(range(10))
    assert [reader.read_digit(photographed(digit)).digit for digit in digits] == digits
    assert reader.read_digit(photographed(None)).verdict == "blank"


def test_polarity_makes_no_difference_on_a_canvas() -> None:
    assert np.array_equal(extract(canvas(3)), extract(255 - canvas(3)))


def test_pale_ink_becomes_full_ink() -> None:
    pale = (255 - (255 - canvas(5)) * 0.2).astype(np.uint8)
    assert extract(pale).max() == 1


def test_a_speck_in_the_corner_does_not_move_the_digit(reader: Reader) -> None:
    speck = canvas(7)
    speck[20:23, 250:253] = 0
    assert np.array_equal(reader.read_digit(speck).ink, reader.read_digit(canvas(7)).ink)


def test_the_edge_of_the_table_is_no_ink(reader: Reader) -> None:
    photo = Photo().take(4)
    photo[:, 560:] = 60  # a larger part than the digit
    assert reader.read_digit(photo).digit == 4


@pytest.mark.parametrize("shade", [0, 1, 127, 254, 255])
def test_one_shade_is_blank(shade: int) -> None:
    with pytest.raises(BlankPicture, match=r"^the picture has no ink$"):
        extract(np.full((280, 280), shade, np.uint8))


@pytest.mark.parametrize(
    "shape",
    [(1, 1), (1, 2), (2, 1), (3, 3), (1, 20_000), (20_000, 1), (28, 28), (5, 640), (64, 64)],
)
def test_noise_of_any_shape_does_not_crash(shape: tuple[int, int], reader: Reader) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert reader.read_digit(noise).verdict != "digit"


@pytest.mark.parametrize("light_ink", [False, True])
@pytest.mark.parametrize("side", [16, 28, 40, 90, 280])
@pytest.mark.parametrize("digit", range(10))
def test_a_digit_cut_out_closely_is_ink_not_paper(digit: int, side: int, light_ink: bool) -> None:
    """A bold digit may cover more of such a picture than its paper, and touch every side."""
    rows, columns = np.nonzero(canvas(digit, pen=44) < 255)
    close = canvas(digit, pen=44)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    grey = np.asarray(cv2.resize(close, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    ink = extract(255 - grey if light_ink else grey)
    assert ink.shape == grey.shape
    assert np.abs(ink - (1 - grey / 255)).max() < 0.1

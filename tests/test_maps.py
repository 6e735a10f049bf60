import numpy as np
import pytest

from inkread.maps import (
    DIGIT_PX,
    SIGNS,
    STRIDES_PX,
    Found,
    apart,
    close_looks,
    evened,
    found,
    grain,
    heaps,
    iou,
    normalised,
    padded,
    polarity,
)
from tests.drawing import Photo, canvas, written


def maps_with(*signs: tuple[int, int, int, float]) -> np.ndarray:
    """Return maps with signs at (row, column, sign, presence in log-odds)."""
    maps = np.full((19, 12, 20), -8, np.float32)
    for row, column, sign, odds in signs:
        maps[int(sign >= 10), row, column] = odds
        maps[2:15, row, column] = 0
        maps[2 + sign, row, column] = 6
        maps[15:, row, column] = 0.5
    return maps


def test_a_sign_is_found_where_its_heat_peaks() -> None:
    seen = found(maps_with((5, 6, 7, 3.0), (5, 7, 1, 1.0), (3, 15, 10, 2.0)), 0.1)
    assert seen.signs.argmax(axis=1).tolist() == [7, 10]  # the cell beside the peak is no sign
    assert seen.presence == pytest.approx([1 / (1 + np.exp(-3)), 1 / (1 + np.exp(-2))])
    middle = (6.5 * STRIDES_PX[1], 5.5 * STRIDES_PX[0])
    assert seen.boxes[0] == pytest.approx(
        [middle[0] - DIGIT_PX / 2, middle[1] - DIGIT_PX / 2, middle[0] + 17, middle[1] + 17]
    )


def test_what_is_too_faint_is_not_found() -> None:
    assert len(found(maps_with((5, 6, 7, -3.0)), 0.1).presence) == 0


def test_of_boxes_that_share_their_place_the_surest_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 0, 30, 10], [5, 5, 5, 9]], np.float32)
    assert apart(boxes, 0.5).tolist() == [0, 2]  # the last has no area


def test_rows_that_are_seen_as_one_sign_too_are_a_heap() -> None:
    rows = [[5, 5, 25, 45], [5, 55, 25, 95], [30, 5, 50, 45], [0, 0, 60, 100]]
    signs = np.zeros((4, len(SIGNS)), np.float32)
    doubtful = Found(np.array(rows, np.float32), np.array([0.9, 0.8, 0.9, 0.4], np.float32), signs)
    assert heaps(doubtful).tolist() == [False, False, False, True]
    surest = doubtful._replace(presence=np.array([0.3, 0.3, 0.3, 0.9], np.float32))
    assert not heaps(surest).any()  # one large digit, and what looks like others in it


def test_iou_is_the_shared_part_of_both() -> None:
    some = np.array([[0, 0, 10, 10]], np.float32)
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], np.float32)
    assert iou(some, others)[0] == pytest.approx([1, 50 / 150, 0])


def test_light_and_contrast_are_evened_out() -> None:
    plain = normalised(Photo(grain=0).take(4, height=40, pen=4))
    dim = normalised(Photo(grain=0, ink=0.35, paper=120).take(4, height=40, pen=4))
    assert np.abs(plain.astype(int) - dim).mean() < 3
    assert abs(int(np.median(plain)) - 51) < 8
    assert plain.max() > 200


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_an_even_page_is_even(shade: int) -> None:
    assert np.unique(normalised(np.full((40, 60), shade, np.uint8))).tolist() == [51]


@pytest.mark.parametrize(
    ("picture", "is_dark"),
    [
        (canvas(3), True),
        (255 - canvas(3), False),
        (Photo(rules=6, shadow=0.4).take(8), True),
        (Photo(rules=6, shadow=0.4, inverted=True).take(8), False),
    ],
    ids=["canvas", "inverted", "photo", "slate"],
)
def test_ink_is_told_from_paper(picture: np.ndarray, is_dark: bool) -> None:
    assert polarity(picture)[0] is is_dark


def test_a_page_is_padded_to_what_the_network_takes() -> None:
    page = padded(np.arange(35, dtype=np.uint8).reshape(5, 7))
    assert page.shape == (8, 8)
    assert page[7, 7] == 34


def test_a_sign_is_cut_out_20_pixels_high() -> None:
    picture, boxes = written(["4"], (80, 80), height=34, pen=4)
    look = close_looks(normalised(picture), np.array(boxes, np.float32))[0]
    ink, around, place = look
    rows, _ = np.nonzero(ink > 0.3)
    assert (rows.min(), rows.max()) == pytest.approx((4, 23), abs=1)
    none = np.zeros((0, 4), np.float32)
    assert close_looks(normalised(picture), none).shape == (0, 3, 28, 28)
    left, top, right, bottom = boxes[0]
    assert float(place.sum()) == pytest.approx((right - left) * (bottom - top) / 3.2**2, rel=0.01)
    assert around[place > 0].sum() > 0.8 * around.sum()


def test_a_sign_at_the_rim_is_cut_out_with_paper_beyond() -> None:
    page, boxes = np.full((30, 30), 255, np.uint8), np.array([[-20, -20, 10, 10]], np.float32)
    ink, around, _ = close_looks(page, boxes)[0]
    assert ink[18:, 18:].all()
    assert not ink[:16].any()
    assert not ink[:, :16].any()
    assert not around[:14].any()


def test_the_signs_are_the_digits_and_then_the_separators() -> None:
    assert SIGNS == "0123456789.,-"


@pytest.mark.parametrize("deviation", [0.0, 4.0, 15.0])
def test_grain_is_measured_beside_ink_and_folds(deviation: float) -> None:
    page = np.full((300, 400), 180.0)
    page[:, 200:] -= 40  # a fold
    page[100:200:9, 50:150] = 30  # strokes
    page += np.random.default_rng(0).normal(0, deviation, page.shape)
    assert grain(np.clip(page, 0, 255).astype(np.uint8)) == pytest.approx(deviation, abs=1)


def test_the_grain_of_a_photo_becomes_no_mark() -> None:
    page = np.full((300, 400), 180.0)
    page[140:160, 50:350] = 60
    page += np.random.default_rng(0).normal(0, 10, page.shape)
    even = evened(np.clip(page, 0, 255).astype(np.uint8), 1, 3.0)
    assert float((even[:100] > 100).mean()) < 0.001  # paper, far from the stroke
    assert float(even[142:158, 60:340].mean()) > 85
    assert evened(page.astype(np.uint8), 0.5, 3.0).shape == (150, 200)

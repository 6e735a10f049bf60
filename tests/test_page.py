"""Whole numbers, by the networks that ship."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import inkread
from inkread import (
    Box,
    DigitReading,
    InkreadError,
    LineReading,
    PageReading,
    Reader,
    SettingsError,
    UnreadablePicture,
)
from inkread.engine import PageEngine
from inkread.maps import iou
from inkread.naming import Calibration
from inkread.page import PageReader, _is_legible, _worth
from inkread.reader import _shows_more
from tests.drawing import Photo, canvas, encode, sideways, written


def texts(page: PageReading) -> list[str]:
    return [line.text for line in page.lines]


def test_ten_is_ten(reader: Reader) -> None:
    picture, _ = written(["10"], (280, 280), height=120, pen=14, top=70, left=60)
    page = reader.read_page(picture)
    assert page.text == "10"
    assert [digit.best for digit in page.lines[0].digits] == [1, 0]
    assert page.lines[0].verdict == "number"


@pytest.mark.parametrize("digit", range(10))
def test_a_single_digit_is_a_number_of_one(reader: Reader, digit: int) -> None:
    assert reader.read_page(canvas(digit)).text == str(digit)


def test_whatever_it_shows_is_read(reader: Reader) -> None:
    for digit in range(10):
        reading = reader.read(canvas(digit))
        assert isinstance(reading, DigitReading)
        assert reading.digit == digit
    numbers = reader.read(written(["10", "386"], (300, 420))[0])
    assert isinstance(numbers, PageReading)
    assert numbers.text == "10\n386"
    assert numbers.in_words().startswith("2 numbers (")
    blank = reader.read(canvas(None))
    assert isinstance(blank, DigitReading)
    assert blank.verdict == "blank"


def test_where_there_is_hardly_a_number_none_is_read() -> None:
    picture, _ = written(["386"], (200, 420))
    engine = PageEngine()
    read = [
        PageReader(engine, replace(Calibration(), stands=(bias, *(0,) * 7)), 0.5).read(picture)[0]
        for bias in (-1.5, -1.3)  # 0.18 and 0.21
    ]
    assert [[line.text for line in lines] for lines in read] == [[], ["386"]]


def test_a_column_of_numbers_is_no_one(reader: Reader) -> None:
    column = reader.read(written(["27"] * 9, (900, 420))[0])
    assert isinstance(column, PageReading)
    assert texts(column) == ["27"] * len(column.lines)
    assert len(column.lines) > 5


def test_one_sure_digit_beside_specks_is_no_page() -> None:
    def line(confidence: float, digits: int) -> LineReading:
        each = DigitReading(7, 7, confidence, "digit", (0.1,) * 10, np.zeros((28, 28), np.float32))
        box = Box(0, 0, 9, 9)
        return LineReading("7", "7", confidence, "number", box, (each,) * digits, ())

    def shows_more(*lines: LineReading) -> bool:
        return _shows_more(PageReading(lines, 100, 100), digit)

    digit = line(0.98, 1).digits[0]
    assert not shows_more(line(0.99, 1), line(0.3, 1), line(0.3, 1))
    assert not shows_more(line(0.95, 2), line(0.6, 1))
    assert shows_more(line(0.9, 2), line(0.9, 2), line(0.3, 1))
    assert shows_more(line(0.99, 2))


def test_a_ledger_of_many_amounts_loses_none(reader: Reader) -> None:
    amount, _ = written(["104729"], (66, 400), height=40, pen=5, top=13, left=20)
    page = reader.read_page(np.tile(amount, (36, 5)))
    assert len(page.lines) == 36 * 5
    assert texts(page).count("104729") > 170


def test_the_strokes_of_a_letter_are_not_two_digits(reader: Reader) -> None:
    """Two bars of a letter pass for 11, but not surely; the page alone says what it found."""
    picture = Path(inkread.__file__).parent / "web" / "samples" / "letter.jpg"
    reading = reader.read(picture)
    assert isinstance(reading, DigitReading)
    assert reading.verdict == "not_a_digit"
    assert isinstance(reader.read(written(["11"], (280, 280))[0]), PageReading)


def test_a_drawing_is_not_turned(reader: Reader) -> None:
    picture, _ = written(["27345", "53724"], (300, 480))
    on_its_side = np.ascontiguousarray(np.rot90(picture))
    assert reader.read_page(on_its_side).turned == 90
    assert reader.read_page(on_its_side, drawn=True).turned == 0


def test_every_digit_has_its_box_and_its_probabilities(reader: Reader) -> None:
    picture, boxes = written(["1978"], (140, 400))
    (line,) = reader.read_page(picture).lines
    found = [each.box for each in line.digits if each.box is not None]
    corners = [(box.left, box.top, box.left + box.width, box.top + box.height) for box in found]
    shared = iou(np.array(corners, np.float32), np.array(boxes, np.float32))
    assert shared.diagonal().min() > 0.5
    for digit in line.digits:
        assert sum(digit.probabilities) == pytest.approx(1, abs=1e-3)
        likeliest, share = digit.alternatives()[0]
        assert likeliest == digit.best
        assert share == pytest.approx(digit.confidence)
        assert digit.ink.shape == (28, 28)
    assert line.box.left <= found[0].left
    assert line.box.left + line.box.width >= found[-1].left + found[-1].width


def test_lines_and_columns_are_kept_apart(reader: Reader) -> None:
    picture, _ = written(["27  45", "386", "90"], (420, 640))
    assert texts(reader.read_page(picture)) == ["27", "45", "386", "90"]


def test_a_ruled_line_keeps_columns_apart(reader: Reader) -> None:
    picture, boxes = written(["2745", "2745"], (380, 420), gap=0.4, top=90)
    assert texts(reader.read_page(picture)) == ["2745", "2745"]
    middle = round((boxes[1][2] + boxes[2][0]) / 2)
    cv2.line(picture, (middle, 0), (middle, 379), 150, 2)
    assert texts(reader.read_page(picture)) == ["27", "45"] * 2


def test_what_shows_through_from_the_back_is_no_number(reader: Reader) -> None:
    front, _ = written(["2745", "3863"], (280, 560))
    back, _ = written(["9462", "7391"], (280, 560))
    faint = 255 - 0.15 * (255 - cv2.GaussianBlur(back[:, ::-1], (0, 0), 3).astype(np.float32))
    both = np.minimum(front, faint).astype(np.uint8)
    assert texts(reader.read_page(both)) == ["2745", "3863"]


def test_separators_keep_their_place_beside_the_text(reader: Reader) -> None:
    picture, _ = written(["12.50", "3-2"], (320, 480))
    first, second = reader.read_page(picture).lines
    assert (first.text, first.text_with_separators) == ("1250", "12.50")
    assert (second.text, second.text_with_separators) == ("32", "3-2")
    assert [each.sign for each in first.separators] == ["."]


@pytest.mark.parametrize("height", [14, 30, 60, 150, 500])
def test_digits_of_all_sizes_are_read(reader: Reader, height: int) -> None:
    size = (height * 2, height * 4)
    picture, _ = written(
        ["427"], size, height=height, pen=max(2, height / 9), top=height / 3, left=height / 2
    )
    assert reader.read_page(picture).text == "427"


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_is_turned(reader: Reader, quarters: int) -> None:
    picture, boxes = written(["27345", "53724"], (300, 480))
    page = reader.read_page(np.ascontiguousarray(np.rot90(picture, quarters)))
    assert texts(page) == ["27345", "53724"]
    assert page.turned == 90 * quarters
    assert (page.height, page.width) == (picture.shape if quarters == 2 else picture.shape[::-1])
    first = page.lines[0].digits[0].box
    assert first is not None
    corners = np.array([boxes[0][:2], boxes[0][2:]], float)  # as they lie in the turned picture
    for _ in range(quarters):
        width = picture.shape[1] if _ % 2 == 0 else picture.shape[0]
        corners = np.stack([corners[:, 1], width - corners[:, 0]], axis=1)
    left, top = corners.min(axis=0)
    assert (first.left, first.top) == pytest.approx((left, top), abs=8)


def test_noughts_say_little_of_which_way_is_up(reader: Reader) -> None:
    noughts, others = (
        _worth(list(reader.read_page(written([text], (140, 420))[0]).lines))
        for text in ("000", "253")
    )
    assert 0 < noughts < 0.3 * others


def test_a_row_tells_more_of_which_way_is_up_than_digits_apart(reader: Reader) -> None:
    row, stack = (
        list(reader.read_page(written(texts, (420, 420))[0], drawn=True).lines)
        for texts in (["253"], ["2", "5", "3"])
    )
    assert ([line.text for line in row], len(stack)) == (["253"], 3)
    assert 0 < _worth(stack) < 0.75 * _worth(row)


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff"])
def test_a_camera_held_sideways_is_obeyed(reader: Reader, kind: str) -> None:
    picture, _ = written(["27345"], (140, 480))
    page = reader.read_page(sideways(picture, kind))
    assert (page.text, page.turned) == ("27345", 0)
    assert (page.width, page.height) == (480, 140)


def test_light_on_dark_is_read(reader: Reader) -> None:
    picture, _ = written(["60942"], (140, 480))
    assert reader.read_page(255 - picture).text == "60942"


def test_boxes_are_in_the_pixels_of_the_picture_handed_in(reader: Reader) -> None:
    picture, boxes = written(["384"], (200, 480))
    large = np.kron(picture, np.ones((8, 8), np.uint8))  # larger than what is looked at
    (line,) = reader.read_page(large).lines
    first = line.digits[0].box
    assert first is not None
    left, top, right, bottom = (8 * each for each in boxes[0])
    assert first == pytest.approx(Box(left, top, right - left, bottom - top), abs=60)


@pytest.mark.parametrize(
    "picture",
    [
        canvas(None),
        np.zeros((1, 1), np.uint8),
        Photo(rules=9, squares=True, shadow=0.4, size=(600, 800)).take(None),
        np.full((2000, 3000), 200, np.uint8),
    ],
    ids=["canvas", "one pixel", "squared paper", "large"],
)
def test_an_empty_page_has_no_lines(reader: Reader, picture: np.ndarray) -> None:
    page = reader.read_page(picture)
    assert page.lines == ()
    assert page.text == ""


def test_no_row_of_a_long_page_is_lost_or_made_up(reader: Reader) -> None:
    rng = np.random.default_rng(1)
    texts = ["".join(map(str, rng.integers(0, 10, rng.integers(2, 7)))) for _ in range(60)]
    columns = (texts[::2], texts[1::2])
    page = [written(each, (3000, 1200), height=45, pen=5)[0] for each in columns]
    lines = reader.read_page(np.hstack(page)).lines
    assert len(lines) == len(texts)
    assert sum(line.text == text for line, text in zip(lines, texts, strict=True)) >= 57


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_small_digits_of_a_large_page_are_read_whichever_way_it_lies(
    reader: Reader, quarters: int
) -> None:
    """Such a page is neither enlarged, nor made so small that its digits are lost."""
    rng = np.random.default_rng(2)
    texts = ["".join(map(str, rng.integers(0, 10, 5))) for _ in range(24)]
    page = np.full((3300, 2500), 255, np.uint8)
    page[300:900, 400:600] = written(texts, (600, 200), height=13, pen=2, top=10, left=10)[0]
    read = reader.read_page(np.ascontiguousarray(np.rot90(page, quarters)))
    assert read.turned == 90 * quarters
    assert len(read.lines) == len(texts)
    assert sum(line.text == text for line, text in zip(read.lines, texts, strict=True)) >= 22


def test_what_is_known_decides_between_alternatives(reader: Reader) -> None:
    picture, _ = written(["1978"], (140, 400))
    assert reader.read_page(picture, pattern=r"19\d\d").text == "1978"
    assert reader.read_page(picture, length=4).text == "1978"
    assert reader.read_page(picture, allowed=["1978", "2034"]).text == "1978"


def test_what_cannot_fit_is_refused(reader: Reader) -> None:
    picture, _ = written(["1978"], (140, 400))
    (line,) = reader.read_page(picture, pattern=r"\d{9}").lines
    assert (line.text, line.verdict, line.confidence) == ("", "no_fit", 0)
    with pytest.raises(SettingsError, match="needs a regular expression"):
        reader.read_page(picture, pattern="(")


def test_what_is_known_turns_no_page(reader: Reader) -> None:
    picture, _ = written(["66"], (140, 300))
    page = reader.read_page(picture, allowed=["99"])
    assert (page.turned, [line.verdict for line in page.lines]) == (0, ["no_fit"])
    assert reader.read_page(picture).text == "66"
    turned = np.ascontiguousarray(np.rot90(written(["1978"], (140, 400))[0]))
    page = reader.read_page(turned, pattern=r"1\d{3}")
    assert (page.turned, page.text) == (90, "1978")


def test_the_shares_of_a_digit_are_those_of_its_place() -> None:
    """The likeliest number may have a digit that is not the likeliest of its place."""
    shares = (0.0, 0.353, 0.647, *[0.0] * 7)
    digit = DigitReading(1, 1, 0.353, "digit", shares, np.zeros((28, 28), np.float32))
    assert digit.shares()[:3] == pytest.approx((0, 0.353, 0.647))
    assert [each for each, _ in digit.alternatives()] == [2, 1]


def test_a_page_goes_into_json(reader: Reader) -> None:
    picture, _ = written(["12.50"], (140, 400))
    content = json.loads(json.dumps(reader.read_page(picture).as_dict()))
    assert list(content) == ["text", "width", "height", "turned", "lines"]
    assert content["lines"][0]["digits"][0]["box"].keys() == {"left", "top", "width", "height"}


def test_one_bad_page_leaves_the_others_be(reader: Reader) -> None:
    picture, _ = written(["27"], (140, 300))
    with pytest.raises(UnreadablePicture, match="needs a list of pictures, got one"):
        list(reader.read_pages("form.png"))
    first, second, third = reader.read_pages([encode(picture), b"no picture", picture])
    assert isinstance(first, PageReading)
    assert isinstance(second, InkreadError)
    assert isinstance(third, PageReading)
    assert first.text == third.text == "27"
    with pytest.raises(UnreadablePicture):
        reader.read_page(b"no picture")


def test_a_page_is_turned_for_numbers_and_not_for_many_doubtful_marks(reader: Reader) -> None:
    (line,) = reader.read_page(written(["274"], (140, 420))[0]).lines
    doubtful = replace(line, confidence=0.1)
    assert _is_legible([line])
    assert _is_legible([line, doubtful])
    assert not _is_legible([line, doubtful, doubtful])
    assert not _is_legible([])


def test_nothing_that_is_no_number_takes_long_or_fails(reader: Reader) -> None:
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 256, (1500, 2000), np.uint8)
    strokes = np.full((2000, 2000), 255, np.uint8)
    for _ in range(2000):
        start, end = (rng.integers(0, 2000, 2).tolist() for _ in range(2))
        middle = [(each + other) // 2 for each, other in zip(start, end, strict=True)]
        cv2.line(strokes, start, [(a + b) // 2 for a, b in zip(start, middle, strict=True)], 0, 3)
    strip = rng.integers(0, 256, (1, 20_000), np.uint8)
    for picture in (noise, strokes, strip, strip.T):
        assert isinstance(reader.read_page(picture), PageReading)

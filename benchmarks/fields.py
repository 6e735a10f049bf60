"""The numbers whose reading is measured, from fixed seeds."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import Digits
from inkread.data.sources import Stroke, load_mnist
from inkread.training import glyphs
from inkread.training.pen import draw
from inkread.training.skeleton import strokes_of

Grey = NDArray[np.uint8]
T = TypeVar("T")
CANVAS_PX = 280
CANVASES = 300
PHOTOS = 100
LONG_PAGES = 8
ROWS = 25  # of a long page, two numbers in each
LEDGERS = 2
FORMS = 20
ENTRIES = 8  # of a form
SMALL_PX = (12, 14, 18, 26)  # height of the numbers on large pages


@dataclass(frozen=True)
class Field:
    """A number and its picture.

    Attributes:
        picture: shape (height, width), uint8.
        text: its digits.
        boxes: shape (count, 4): left, top, right and bottom of each; None where not known.
    """

    picture: Grey
    text: str
    boxes: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Page:
    """A page of many numbers.

    Attributes:
        picture: shape (height, width), uint8.
        texts: the digits of each, in reading order.
    """

    picture: Grey
    texts: list[str]


def cheques() -> list[Field]:
    """Return the 500 cheque amounts of ORAND-CAR, not trained on; none without data."""
    path = data() / "orand_car" / "orand_car_dev.zip"
    if not path.is_file():
        return []
    with zipfile.ZipFile(path) as archive:
        boxes = json.loads(archive.read("boxes.json"))
        rows = csv.DictReader(io.StringIO(archive.read("labels.csv").decode("utf-8")))
        return [
            Field(_grey(archive.read(row["file"])), row["label"], _corners(boxes[row["file"]]))
            for row in rows
        ]


def canvases() -> list[Field]:
    """Draw numbers of two to six of MNIST's test digits as on the pad, apart or overlapping."""
    return _made(_canvas, CANVASES, seed=11)


def photographed() -> list[Field]:
    """Photograph lines of MNIST's test digits: askew, on folded paper, in uneven light."""
    return _made(_photo, PHOTOS, seed=12)


def long_pages() -> list[Page]:
    """Fill pages with fifty numbers of MNIST's test digits each; photograph every second page."""
    digits = _test_digits()
    if digits is None:
        return []
    rng = np.random.default_rng(15)
    return [_long_page(digits, rng, seen=bool(index % 2)) for index in range(LONG_PAGES)]


def small_pages() -> list[Page]:
    """Write forty numbers of 12 to 26 px on pages of 12 megapixels, and turn three of the four."""
    digits = _test_digits()
    if digits is None:
        return []
    rng = np.random.default_rng(17)
    return [_small_page(digits, height, turns, rng) for turns, height in enumerate(SMALL_PX)]


def ledgers() -> list[Page]:
    """Write two hundred numbers of two to six digits, in five columns, on an A4 scan."""
    return _made(_ledger, LEDGERS, seed=18)


def forms() -> list[Page]:
    """Fill in printed forms: numbers of MNIST's test digits, each beside words in print."""
    letters = glyphs.letters(glyphs.HELD_OUT_FONTS)
    return _made(lambda digits, rng: _form(digits, letters, rng), FORMS, seed=20)


def field_of_64_px() -> Grey:
    """Return a field 64 px high with six digits."""
    return _line_of_shapes("174203", 64, 320)


def page_of_twenty_lines() -> Grey:
    """Return a page of 12 megapixels with twenty lines."""
    rng = np.random.default_rng(14)
    lines = [
        _line_of_shapes("".join(map(str, rng.integers(0, 10, 8))), 200, 2600) for _ in range(20)
    ]
    page = np.full((4000, 3000), 235, np.uint8)
    page[:, 200:2800] = np.vstack(lines)
    return np.clip(page + rng.normal(0, 4, page.shape), 0, 255).astype(np.uint8)


def data() -> Path:
    """Return the folder of the data sets, or one that is not there."""
    return Path(os.environ.get("INKREAD_DATA", "nowhere"))


def _made(make: Callable[[Digits, np.random.Generator], T], count: int, seed: int) -> list[T]:
    """Make so many of MNIST's test digits; none without data."""
    digits = _test_digits()
    rng = np.random.default_rng(seed)
    return [] if digits is None else [make(digits, rng) for _ in range(count)]


def _test_digits() -> Digits | None:
    return load_mnist("test", data()) if (data() / "mnist").is_dir() else None


def _grey(data: bytes) -> Grey:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def _corners(boxes: list[list[int]]) -> NDArray[np.float32]:
    rows = [(x, y, x + width, y + height) for _, x, y, width, height in boxes]
    return np.array(rows, np.float32).reshape(-1, 4)


def _canvas(digits: Digits, rng: np.random.Generator) -> Field:
    """Draw a number on the pad as wide as it is, in one pen, from left to right."""
    count = int(rng.integers(2, 7))
    gap = rng.uniform(-0.15, 0.8)  # in widths of the narrower of two digits
    strokes: list[Stroke] = []
    text, edge, before = "", 0.0, 0.0
    while len(text) < count:
        index = int(rng.integers(len(digits)))
        traced = strokes_of(digits.pictures[index])
        if not traced:
            continue
        points = np.concatenate(traced)
        low, high = points.min(axis=0), np.ptp(points[:, 1])
        down = rng.normal(0, 0.06)
        unit = [(each - low) / max(float(high), 0.05) for each in traced]
        wide = float(np.concatenate(unit)[:, 0].max())
        edge += gap * max(0.2, min(wide, before)) if text else 0
        place = np.array([edge, down])
        strokes += [(each + place).astype(np.float32) for each in unit]
        edge, before = edge + wide, wide
        text += str(int(digits.labels[index]))
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    pen = int(rng.integers(4, 11))
    room = CANVAS_PX - 4 * pen
    scale = min(room / float(extent[0]), rng.uniform(50, 130) / float(extent[1]))
    corner = 2 * pen + rng.uniform(0, 1, 2) * np.maximum(room - extent * scale, 0)
    placed = [((each - low) * scale + corner).astype(np.float32) for each in strokes]
    return Field(255 - draw(placed, (CANVAS_PX, CANVAS_PX), pen), text)


def _long_page(digits: Digits, rng: np.random.Generator, *, seen: bool) -> Page:
    """Write numbers of as many hands in two columns, and photograph them where they are seen."""
    high, wide = int(rng.integers(70, 130)), int(rng.integers(700, 1300))  # of a row, a column
    ink, texts = np.zeros((ROWS * high + high, 2 * wide), np.float32), []
    for place in range(2 * ROWS):
        drawn = _canvas(digits, rng)
        whole = _cut_out(drawn.picture)
        down, across = whole.shape
        scale = min(high * rng.uniform(0.45, 0.65) / down, 0.8 * wide / across)
        y = int((place // 2 + rng.uniform(0.4, 0.6)) * high)
        x = int((place % 2 + rng.uniform(0.05, 0.1)) * wide)
        _lay(ink, whole, scale, (y, x))
        texts.append(drawn.text)
    if not seen:
        return Page((255 - 255 * ink).astype(np.uint8), texts)
    # With a margin no number is pushed out of the picture.
    return Page(_camera(np.pad(ink, wide // 5), rng), texts)


def _small_page(digits: Digits, height: int, turns: int, rng: np.random.Generator) -> Page:
    """Write two columns of numbers, so many px high, and turn the page by quarters."""
    ink, texts = np.zeros((4000, 3000), np.float32), []
    for place in range(40):
        drawn = _canvas(digits, rng)
        whole = _cut_out(drawn.picture)
        corner = (100 + 180 * (place // 2), 300 + 1500 * (place % 2))
        _lay(ink, whole, height / whole.shape[0], corner)
        texts.append(drawn.text)
    page = 235 - 190 * ink + rng.normal(0, 2, ink.shape)
    return Page(np.ascontiguousarray(np.rot90(page.astype(np.uint8), turns)), texts)


def _ledger(digits: Digits, rng: np.random.Generator) -> Page:
    ink, texts = np.zeros((3508, 2480), np.float32), []
    for place in range(200):
        drawn = _canvas(digits, rng)
        whole = _cut_out(drawn.picture)
        scale = min(46 / whole.shape[0], 330 / whole.shape[1])
        _lay(ink, whole, scale, (60 + 85 * (place // 5), 80 + 480 * (place % 5)))
        texts.append(drawn.text)
    return Page((255 - 255 * ink).astype(np.uint8), texts)


def _form(digits: Digits, letters: list[Grey], rng: np.random.Generator) -> Page:
    """Print a form, and write a number at each of its entries, before another word at times."""
    ink, texts = np.zeros((1000, 900), np.float32), []
    small = rng.uniform(0.4, 0.9)  # the print, of the writing
    for place in range(ENTRIES):
        high = rng.uniform(34, 60)
        top = int(60 + 110 * place)
        left = 40 + _print(ink, _word(letters, 9, rng), small * high, (top, 40))
        drawn = _canvas(digits, rng)
        whole = _cut_out(drawn.picture)
        scale = min(high / whole.shape[0], 350 / whole.shape[1])
        left += int(rng.uniform(0.4, 2) * high)
        _lay(ink, whole, scale, (top, left))
        texts.append(drawn.text)
        if rng.random() < 0.3:
            left += int(whole.shape[1] * scale + rng.uniform(0.4, 2) * high)
            _print(ink, _word(letters, 3, rng), small * high, (top, left))
    page = 240 - 200 * ink + rng.normal(0, 3, ink.shape)
    return Page(np.clip(page, 0, 255).astype(np.uint8), texts)


def _word(letters: list[Grey], most: int, rng: np.random.Generator) -> list[Grey]:
    return [letters[rng.integers(len(letters))] for _ in range(rng.integers(2, most + 1))]


def _print(ink: NDArray[np.float32], word: list[Grey], high: float, corner: tuple[int, int]) -> int:
    """Print a word in letters so many px high, from (y, x) on, and return how wide it is, px."""
    top, start = corner
    left, scale = start, high / 40  # of the 80 px of a letter's picture capitals are about 40 high
    for letter in word:
        edge, _, wide, _ = cv2.boundingRect(letter)
        _lay(ink, letter[12:72, edge : edge + wide], scale, (top, left))
        left += int((wide + 5) * scale)
    return left - start


def _cut_out(canvas: Grey) -> Grey:
    """Return what is drawn on a canvas, light on dark, without the paper around it."""
    left, top, across, down = cv2.boundingRect(255 - canvas)
    return np.asarray(255 - canvas[top : top + down, left : left + across], np.uint8)


def _lay(ink: NDArray[np.float32], drawn: Grey, scale: float, corner: tuple[int, int]) -> None:
    """Lay what was drawn on a page, so many times as large, from (y, x) on."""
    cut = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    y, x = corner
    ink[y : y + cut.shape[0], x : x + cut.shape[1]] = np.divide(cut, 255, dtype=np.float32)


def _photo(digits: Digits, rng: np.random.Generator) -> Field:
    """Write a line on paper and photograph it."""
    count = int(rng.integers(3, 9))
    rows = rng.integers(0, len(digits), count)
    side = int(rng.integers(60, 130))
    ink = np.zeros((480, 1280), np.float32)
    left, top = rng.uniform(60, 140), rng.uniform(120, 300)
    for row in rows:
        glyph = cv2.resize(digits.pictures[row], (side, side), interpolation=cv2.INTER_CUBIC)
        columns = np.flatnonzero(glyph.max(axis=0) > 60)
        cut = np.divide(glyph[:, columns[0] : columns[-1] + 1], 255, dtype=np.float32)
        y, x = int(top + rng.normal(0, 4)), int(left)
        place = ink[y : y + side, x : x + cut.shape[1]]
        np.maximum(place, cut[: place.shape[0], : place.shape[1]], out=place)
        left += cut.shape[1] + rng.uniform(0.02, 0.25) * side
    picture = _camera(ink, rng)
    return Field(picture, "".join(str(int(each)) for each in digits.labels[rows]))


def _camera(ink: NDArray[np.float32], rng: np.random.Generator) -> Grey:
    """See paper through a camera: perspective, folds, a barrel lens, lamp light, shake, grain."""
    height, width = ink.shape
    light = _folds(ink.shape, rng) * rng.uniform(150, 245)
    page = light * (1 - np.float32(rng.uniform(0.45, 0.85)) * np.clip(ink, 0, 1))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + rng.normal(0, 0.035, (4, 2)).astype(np.float32) * width
    matrix = cv2.getPerspectiveTransform(corners, seen)
    page = cv2.warpPerspective(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    page = _barrel(np.asarray(page, np.float32), rng.uniform(-0.06, 0.06))
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    page = page * (1 - rng.uniform(0, 0.4) * (down**2 + across**2) / 2)
    shake = np.zeros((9, 9), np.float32)
    angle, reach = rng.uniform(0, np.pi), rng.uniform(0, 4)
    tip = (round(4 + reach * np.cos(angle)), round(4 + reach * np.sin(angle)))
    cv2.line(shake, (4, 4), tip, 1.0, 1)
    page = cv2.filter2D(page, -1, shake / shake.sum())
    page = rng.poisson(np.maximum(page, 0) * 2) / 2  # shot noise
    _, packed = cv2.imencode(".jpg", np.clip(page, 0, 255).astype(np.uint8), [1, 60])
    return _grey(packed.tobytes())


def _folds(size: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the light on paper that was folded and smoothed out again, about 1."""
    rows, columns = np.indices(size, np.float32)
    light = np.ones(size, np.float32)
    for _ in range(rng.integers(0, 5)):
        angle = rng.uniform(0, np.pi)
        middle = rng.uniform(0, 1, 2) * size
        away = (rows - middle[0]) * np.cos(angle) + (columns - middle[1]) * np.sin(angle)
        light += (rng.uniform(-0.08, 0.08) * np.tanh(away / 3)).astype(np.float32)
        light -= (rng.uniform(0, 0.12) * np.exp(-((away / 4) ** 2))).astype(np.float32)
    return light


def _barrel(page: NDArray[np.float32], strength: float) -> NDArray[np.float32]:
    height, width = page.shape
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    bend = 1 + strength * (down**2 + across**2)
    column = ((across * bend + 1) / 2 * (width - 1)).astype(np.float32)
    row = ((down * bend + 1) / 2 * (height - 1)).astype(np.float32)
    bent = cv2.remap(page, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.float32)


def _line_of_shapes(text: str, height: int, width: int) -> Grey:
    """Write digits with the pen of one font."""
    page = np.full((height, width), 235, np.uint8)
    size = 0.5 * height
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, round(size))
    where = (round(0.3 * height), round(0.75 * height))
    thick = max(1, round(size / 12))
    cv2.putText(page, text, where, cv2.FONT_HERSHEY_SIMPLEX, scale, 30, thick, cv2.LINE_AA)
    return page

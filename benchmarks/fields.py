"""The numbers whose reading is measured, from fixed seeds."""

import csv
import io
import json
import zipfile

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.drawing import (
    Field,
    Grey,
    Page,
    camera,
    canvas,
    cut_out,
    data,
    decoded,
    lay,
    made,
    unseen_digits,
)
from inkread.data.digits import Digits
from inkread.training import glyphs

CANVASES = 300
PHOTOS = 100
LONG_PAGES = 8
ROWS = 25  # of a long page, two numbers in each
LEDGERS = 2
FORMS = 20
ENTRIES = 8  # of a form
SMALL_PX = (12, 14, 18, 26)  # height of the numbers on large pages


def cheques() -> list[Field]:
    """Return the 500 cheque amounts of ORAND-CAR, not trained on; none without data."""
    path = data() / "orand_car" / "orand_car_dev.zip"
    if not path.is_file():
        return []
    with zipfile.ZipFile(path) as archive:
        boxes = json.loads(archive.read("boxes.json"))
        rows = csv.DictReader(io.StringIO(archive.read("labels.csv").decode("utf-8")))
        return [
            Field(decoded(archive.read(row["file"])), row["label"], _corners(boxes[row["file"]]))
            for row in rows
        ]


def canvases() -> list[Field]:
    """Draw numbers of two to six of MNIST's test digits as on the pad, apart or overlapping."""
    return made(canvas, CANVASES, seed=11)


def photographed() -> list[Field]:
    """Photograph lines of MNIST's test digits: askew, on folded paper, in uneven light."""
    return made(_photo, PHOTOS, seed=12)


def long_pages() -> list[Page]:
    """Fill pages with fifty numbers of MNIST's test digits each; photograph every second page."""
    digits = unseen_digits()
    if digits is None:
        return []
    rng = np.random.default_rng(15)
    return [_long_page(digits, rng, seen=bool(index % 2)) for index in range(LONG_PAGES)]


def small_pages() -> list[Page]:
    """Write forty numbers of 12 to 26 px on pages of 12 megapixels, and turn three of the four."""
    digits = unseen_digits()
    if digits is None:
        return []
    rng = np.random.default_rng(17)
    return [_small_page(digits, height, turns, rng) for turns, height in enumerate(SMALL_PX)]


def ledgers() -> list[Page]:
    """Write two hundred numbers of two to six digits, in five columns, on an A4 scan."""
    return made(_ledger, LEDGERS, seed=18)


def forms() -> list[Page]:
    """Fill in printed forms: numbers of MNIST's test digits, each beside words in print."""
    letters = glyphs.letters(glyphs.HELD_OUT_FONTS)
    return made(lambda digits, rng: _form(digits, letters, rng), FORMS, seed=20)


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


def _corners(boxes: list[list[int]]) -> NDArray[np.float32]:
    rows = [(x, y, x + width, y + height) for _, x, y, width, height in boxes]
    return np.array(rows, np.float32).reshape(-1, 4)


def _long_page(digits: Digits, rng: np.random.Generator, *, seen: bool) -> Page:
    """Write numbers of as many hands in two columns, and photograph them where they are seen."""
    high, wide = int(rng.integers(70, 130)), int(rng.integers(700, 1300))  # of a row, a column
    ink, texts = np.zeros((ROWS * high + high, 2 * wide), np.float32), []
    for place in range(2 * ROWS):
        drawn = canvas(digits, rng)
        whole = cut_out(drawn.picture)
        down, across = whole.shape
        scale = min(high * rng.uniform(0.45, 0.65) / down, 0.8 * wide / across)
        y = int((place // 2 + rng.uniform(0.4, 0.6)) * high)
        x = int((place % 2 + rng.uniform(0.05, 0.1)) * wide)
        lay(ink, whole, scale, (y, x))
        texts.append(drawn.text)
    if not seen:
        return Page((255 - 255 * ink).astype(np.uint8), texts)
    # With a margin no number is pushed out of the picture.
    return Page(camera(np.pad(ink, wide // 5), rng), texts)


def _small_page(digits: Digits, height: int, turns: int, rng: np.random.Generator) -> Page:
    """Write two columns of numbers, so many px high, and turn the page by quarters."""
    ink, texts = np.zeros((4000, 3000), np.float32), []
    for place in range(40):
        drawn = canvas(digits, rng)
        whole = cut_out(drawn.picture)
        corner = (100 + 180 * (place // 2), 300 + 1500 * (place % 2))
        lay(ink, whole, height / whole.shape[0], corner)
        texts.append(drawn.text)
    page = 235 - 190 * ink + rng.normal(0, 2, ink.shape)
    return Page(np.ascontiguousarray(np.rot90(page.astype(np.uint8), turns)), texts)


def _ledger(digits: Digits, rng: np.random.Generator) -> Page:
    ink, texts = np.zeros((3508, 2480), np.float32), []
    for place in range(200):
        drawn = canvas(digits, rng)
        whole = cut_out(drawn.picture)
        scale = min(46 / whole.shape[0], 330 / whole.shape[1])
        lay(ink, whole, scale, (60 + 85 * (place // 5), 80 + 480 * (place % 5)))
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
        drawn = canvas(digits, rng)
        whole = cut_out(drawn.picture)
        scale = min(high / whole.shape[0], 350 / whole.shape[1])
        left += int(rng.uniform(0.4, 2) * high)
        lay(ink, whole, scale, (top, left))
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
        lay(ink, letter[12:72, edge : edge + wide], scale, (top, left))
        left += int((wide + 5) * scale)
    return left - start


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
    picture = camera(ink, rng)
    return Field(picture, "".join(str(int(each)) for each in digits.labels[rows]))


def _line_of_shapes(text: str, height: int, width: int) -> Grey:
    """Write digits with the pen of one font."""
    page = np.full((height, width), 235, np.uint8)
    size = 0.5 * height
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, round(size))
    where = (round(0.3 * height), round(0.75 * height))
    thick = max(1, round(size / 12))
    cv2.putText(page, text, where, cv2.FONT_HERSHEY_SIMPLEX, scale, 30, thick, cv2.LINE_AA)
    return page

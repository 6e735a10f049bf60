"""Pages without a number, from fixed seeds: what is read on them, and how long it takes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.drawing import data
from inkread.data.sources import Stroke, load_omniglot
from inkread.training import glyphs
from inkread.training.pen import draw
from inkread.training.scribbles import HELD_OUT_KINDS, scribble
from inkread.training.skeleton import strokes_of

Grey = NDArray[np.uint8]
PAGES = 120
ROWS_OF_SIGNS = 150


def pages() -> list[Grey]:
    """Draw pages with words, foreign characters, sketches or rules, and no digit."""
    rng = np.random.default_rng(13)
    letters = glyphs.letters(glyphs.HELD_OUT_FONTS)
    kinds = [lambda: _words(letters, rng), lambda: _sketch(rng), lambda: _ruled(rng)]
    if (data() / "omniglot").is_dir():
        characters = list(load_omniglot(data(), held_out=True).pictures)
        kinds.append(lambda: _words(characters, rng))
    return [kinds[index % len(kinds)]() for index in range(PAGES)]


def rows_of_signs() -> list[Grey]:
    """Draw two to five signs, of writing systems that are not trained on, side by side."""
    rng = np.random.default_rng(19)
    signs = [strokes_of(each) for each in glyphs.other_signs(held_out=True)]
    return [_row_of_signs(signs, rng) for _ in range(ROWS_OF_SIGNS)]


def hard_pages() -> dict[str, Grey]:
    """Return large pages that show no number, and take the longest."""
    rng = np.random.default_rng(16)
    noise = rng.integers(0, 256, (3000, 4000), np.uint8)
    strokes = np.full((3000, 4000), 255, np.uint8)
    for _ in range(2000):
        points = rng.uniform(0, (4000, 3000)) + np.cumsum(rng.normal(0, 25, (6, 2)), axis=0)
        cv2.polylines(strokes, [points.astype(np.int32)], isClosed=False, color=0, thickness=4)
    strip = rng.integers(0, 256, (1, 20_000), np.uint8)
    return {"noise, 12 megapixels": noise, "2,000 strokes there": strokes, "1×20,000 px": strip}


def _words(letters: list[Grey], rng: np.random.Generator) -> Grey:
    """Write lines of words."""
    page = np.full((480, 640), 245, np.uint8)
    side = int(rng.integers(24, 60))
    for top in range(20, 480 - side, int(side * 1.5)):
        left = 20
        while left < 640 - 2 * side:
            if rng.random() < 0.2:
                left += side
                continue
            letter = cv2.resize(letters[rng.integers(len(letters))], (side, side))
            place = page[top : top + side, left : left + side]
            np.minimum(place, 245 - (letter.astype(np.float32) * 0.8).astype(np.uint8), out=place)
            left += int(side * 0.8)
    return page


def _sketch(rng: np.random.Generator) -> Grey:
    """Scribble in a few places."""
    page = np.zeros((480, 640), np.uint8)
    for _ in range(rng.integers(1, 9)):
        side, corner = rng.uniform(40, 200), rng.uniform(10, 280, 2)
        drawn = scribble(rng, HELD_OUT_KINDS)
        strokes = [(each * side + corner).astype(np.float32) for each in drawn]
        page = np.maximum(page, draw(strokes, page.shape, int(rng.integers(3, 14))))
    return 255 - page


def _row_of_signs(signs: list[list[Stroke]], rng: np.random.Generator) -> Grey:
    """Draw signs about as high as each other, in one pen."""
    side, pen = rng.uniform(40, 70), int(rng.integers(3, 9))
    strokes: list[Stroke] = []
    left = side / 2
    for _ in range(rng.integers(2, 6)):
        sign = signs[rng.integers(len(signs))]
        points = np.concatenate(sign)
        low, (wide, high) = points.min(axis=0), np.ptp(points, axis=0)
        scale = side / max(high, 0.7 * wide)
        place = np.array([left, side + rng.normal(0, 0.06) * side])
        strokes += [((each - low) * scale + place).astype(np.float32) for each in sign]
        left += wide * scale + side * rng.uniform(0.15, 0.5)
    return 255 - draw(strokes, (round(3 * side), round(left + side / 2)), pen)


def _ruled(rng: np.random.Generator) -> Grey:
    """Rule empty paper, as a form or squared."""
    page = np.full((480, 640), 235, np.float32)
    gap = int(rng.integers(14, 70))
    page[gap::gap] *= 0.6
    if rng.random() < 0.5:
        page[:, gap::gap] *= 0.6
    page += rng.normal(0, rng.uniform(0, 6), page.shape)
    return np.clip(page, 0, 255).astype(np.uint8)

"""Old registers: ruled columns of numbers on thin aged paper, from a fixed seed."""

import cv2
import numpy as np

from benchmarks.drawing import Page, Shade, camera, canvas, cut_out, decoded, lay, made
from inkread.data.digits import Digits

REGISTERS = 12
SIZE = (1600, 1100)
EDGE = 50  # px of paper around the columns


def registers() -> list[Page]:
    """Write registers in ink that shows through from the back; every fourth is photographed."""
    places = iter(range(REGISTERS))
    return made(lambda digits, rng: _register(digits, next(places) % 4 == 3, rng), REGISTERS, 23)


def _register(digits: Digits, seen: bool, rng: np.random.Generator) -> Page:
    rows, columns = int(rng.integers(14, 24)), int(rng.integers(2, 5))
    high, wide = (SIZE[0] - 2 * EDGE) // rows, (SIZE[1] - 2 * EDGE) // columns
    ink, texts = _written(digits, (rows, high), (columns, wide), rng)
    page = _paper(rng)
    page *= 1 - rng.uniform(0, 0.22) * cv2.GaussianBlur(ink[:, ::-1], (0, 0), 2.5)  # the back
    page *= 1 - rng.uniform(0.12, 0.45) * _ruled((rows, high), (columns, wide), rng)
    pressed = 1 + 0.25 * _clouds((60, 40), rng)
    page *= 1 - np.clip(rng.uniform(0.4, 0.75) * pressed, 0.15, 0.9) * cv2.blur(ink, (3, 3))
    if seen:
        return Page(camera(np.asarray(1 - page.clip(0, 255) / 255, np.float32), rng), texts)
    _, packed = cv2.imencode(".jpg", page.clip(0, 255).astype(np.uint8), [1, 70])
    return Page(decoded(packed.tobytes()), texts)


def _written(
    digits: Digits, rows: tuple[int, int], columns: tuple[int, int], rng: np.random.Generator
) -> tuple[Shade, list[str]]:
    """Write numbers into nearly all of so many rows and columns, each at the right of its place."""
    ink, texts = np.zeros(SIZE, np.float32), []
    (count, high), (across, wide) = rows, columns
    tall = high * rng.uniform(0.5, 0.72)
    under = rng.uniform(-0.05, 0.12) * tall
    for row in range(count):
        for column in range(across):
            if rng.random() < 0.08:
                continue
            drawn = canvas(digits, rng)
            whole = cut_out(drawn.picture)
            scale = min(tall * rng.uniform(0.85, 1.1) / whole.shape[0], 0.8 * wide / whole.shape[1])
            foot = EDGE + (row + 1) * high + under
            end = EDGE + (column + 1) * wide - rng.uniform(0.03, 0.12) * wide
            corner = (int(foot - whole.shape[0] * scale), int(end - whole.shape[1] * scale))
            lay(ink, whole, scale, corner)
            texts.append(drawn.text)
    return ink, texts


def _ruled(rows: tuple[int, int], columns: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Rule so many rows and columns of so many px."""
    (count, high), (across, wide) = rows, columns
    rules, thick = np.zeros(SIZE, np.float32), int(rng.integers(1, 4))
    right, foot = SIZE[1] - EDGE + 20, SIZE[0] - EDGE + 20
    for y in range(EDGE, EDGE + count * high + 1, high):
        end = (right, y + round(rng.normal(0, 1)))
        cv2.line(rules, (EDGE - 20, y), end, 1.0, thick, cv2.LINE_AA)
    for x in range(EDGE, EDGE + across * wide + 1, wide):
        cv2.line(rules, (x, EDGE - 20), (x, foot), 1.0, thick, cv2.LINE_AA)
    return rules


def _paper(rng: np.random.Generator) -> Shade:
    """Return how light stained, grainy paper is, grey levels."""
    grain = cv2.GaussianBlur(rng.normal(0, 1, SIZE).astype(np.float32), (0, 0), 1.2)
    stains = _clouds((12, 9), rng) * rng.uniform(3, 14)
    return np.asarray(rng.uniform(170, 225) + stains + grain * rng.uniform(2, 7), np.float32)


def _clouds(cells: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Return something smooth about 0, with a standard deviation of about 1."""
    coarse = rng.normal(0, 1, cells).astype(np.float32)
    smooth = cv2.resize(coarse, SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth, np.float32)

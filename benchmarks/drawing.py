"""Numbers as they are drawn on a canvas, laid on a page, and seen through a camera."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import Digits
from inkread.data.sources import Stroke, load_mnist
from inkread.training.pen import draw
from inkread.training.skeleton import strokes_of

Grey = NDArray[np.uint8]
Shade = NDArray[np.float32]  # 0 is bare paper, 1 as dark as ink gets
T = TypeVar("T")
CANVAS_PX = 280


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


def data() -> Path:
    """Return the folder of the data sets, or one that is not there."""
    return Path(os.environ.get("INKREAD_DATA", "nowhere"))


def made(make: Callable[[Digits, np.random.Generator], T], count: int, seed: int) -> list[T]:
    """Make so many of MNIST's test digits; none without data."""
    digits = unseen_digits()
    rng = np.random.default_rng(seed)
    return [] if digits is None else [make(digits, rng) for _ in range(count)]


def unseen_digits() -> Digits | None:
    """Return MNIST's test digits; None without data."""
    return load_mnist("test", data()) if (data() / "mnist").is_dir() else None


def canvas(digits: Digits, rng: np.random.Generator) -> Field:
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


def cut_out(canvas: Grey) -> Grey:
    """Return what is drawn on a canvas, light on dark, without the paper around it."""
    left, top, across, down = cv2.boundingRect(255 - canvas)
    return np.asarray(255 - canvas[top : top + down, left : left + across], np.uint8)


def lay(ink: Shade, drawn: Grey, scale: float, corner: tuple[int, int]) -> None:
    """Lay what was drawn on a page, so many times as large, from (y, x) on."""
    cut = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    y, x = corner
    ink[y : y + cut.shape[0], x : x + cut.shape[1]] = np.divide(cut, 255, dtype=np.float32)


def camera(ink: Shade, rng: np.random.Generator) -> Grey:
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
    return decoded(packed.tobytes())


def _folds(size: tuple[int, ...], rng: np.random.Generator) -> Shade:
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


def _barrel(page: Shade, strength: float) -> Shade:
    height, width = page.shape
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    bend = 1 + strength * (down**2 + across**2)
    column = ((across * bend + 1) / 2 * (width - 1)).astype(np.float32)
    row = ((down * bend + 1) / 2 * (height - 1)).astype(np.float32)
    bent = cv2.remap(page, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.float32)


def decoded(packed: bytes) -> Grey:
    """Return a picture out of its file, without its colours."""
    grey = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(grey, np.uint8)

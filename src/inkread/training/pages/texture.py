"""Patterns of paper: security print, rules, fibres and stains, as shares of darkness."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Shade = NDArray[np.float32]  # shape (height, width), 0 is bare paper, 1 as dark as it gets
Texture = Callable[[tuple[int, int], np.random.Generator], Shade]

_SHIFT = 4  # coordinates in 1/16 px


def waves(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Bands of a wave upon a wave, as security paper has them."""
    down, across = _turned(size, rng)
    spacing = rng.uniform(4, 16)
    bend = rng.uniform(0, 6) * np.sin(across * rng.uniform(0.02, 0.3) + rng.uniform(0, 7))
    bend = bend + rng.uniform(0, 8) * np.sin(across * rng.uniform(0.005, 0.04))
    phase = (down + bend) * 2 * np.pi / spacing
    return _soft_step(np.sin(phase) - rng.uniform(0, 0.9), rng.uniform(2, 8))


def hatching(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """One to three sets of straight lines."""
    shade = np.zeros(size, np.float32)
    for _ in range(rng.integers(1, 4)):
        down, _across = _turned(size, rng)
        lines = np.sin(down * 2 * np.pi / rng.uniform(4, 20))
        shade = np.maximum(shade, _soft_step(lines - rng.uniform(0.5, 0.95), 8))
    return shade


def rings(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Rings around one or two places."""
    rows, columns = np.indices(size, np.float32)
    shade = np.zeros(size, np.float32)
    for _ in range(rng.integers(1, 3)):
        row, column = rng.uniform(-0.5, 1.5, 2) * size
        wobble = rng.uniform(0, 6) * np.sin(np.arctan2(rows - row, columns - column) * 7)
        radius = np.hypot(rows - row, columns - column) + wobble
        bands = np.sin(radius * 2 * np.pi / rng.uniform(5, 20))
        shade = np.maximum(shade, _soft_step(bands - rng.uniform(0.3, 0.9), 6))
    return shade


def weave(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """One small motif, over and over."""
    side = rng.integers(3, 14, 2)
    motif = (rng.random(side) < rng.uniform(0.15, 0.5)).astype(np.float32)
    times = [length // int(each) + 1 for length, each in zip(size, side, strict=True)]
    tiled = np.tile(motif, times)[: size[0], : size[1]]
    return np.asarray(cv2.GaussianBlur(tiled, (0, 0), rng.uniform(0.3, 0.9)), np.float32)


def grain(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Clouds and grain of any size."""
    coarse = [max(2, int(length / rng.uniform(1, 24))) for length in size]
    noise = rng.normal(0.3, 0.35, coarse).astype(np.float32)
    return np.clip(cv2.resize(noise, size[::-1], interpolation=cv2.INTER_LINEAR), 0, 1)


def fibres(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Short bent threads, anywhere."""
    picture = np.zeros(size, np.uint8)
    for _ in range(rng.integers(10, 120)):
        turns = rng.uniform(0, 7) + np.cumsum(rng.normal(0, 0.5, 6))
        steps = np.stack([np.cos(turns), np.sin(turns)], axis=1) * rng.uniform(1, 5)
        points = np.cumsum(steps, axis=0) + rng.uniform(0, 1, 2) * size[::-1]
        _line(picture, points, int(rng.integers(60, 256)), 1)
    return np.divide(picture, 255, dtype=np.float32)


def stains(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Blots with soft rims."""
    picture = np.zeros(size, np.uint8)
    for _ in range(rng.integers(1, 6)):
        middle = (rng.uniform(0, 1, 2) * size[::-1]).astype(int).tolist()
        axes = rng.integers(2, max(3, min(size) // 2), 2).tolist()
        shade = int(rng.integers(40, 256))
        cv2.ellipse(picture, middle, axes, rng.uniform(0, 180), 0, 360, shade, -1, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 8))
    return np.divide(blurred, 255, dtype=np.float32)


def smooth(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """A shadow or a gradient."""
    few = rng.uniform(0, 1, rng.integers(2, 4, 2)).astype(np.float32)
    shade = cv2.resize(few, size[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(shade, 0, 1), np.float32)


TEXTURES: tuple[Texture, ...] = (waves, hatching, rings, weave, grain, fibres, stains, smooth)


def rules(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Lines of a form: rules to write on, squares, or boxes."""
    picture = np.zeros(size, np.uint8)
    height, width = size
    kind = rng.integers(4)
    thick = int(rng.integers(1, 4))
    tilt = rng.normal(0, 0.02) * width
    rows = np.arange(rng.uniform(0, 40), height, rng.uniform(12, 70) if kind else 1e3)
    for row in rows:
        _line(picture, np.array([[0, row], [width, row + tilt]]), 255, thick)
    if kind >= 2:
        first, gap = rng.uniform(0, 40), rng.uniform(12, 60)
        for column in np.arange(first, width, gap if kind == 2 else gap * 3):
            _line(picture, np.array([[column - tilt, 0], [column, height]]), 255, thick)
    if rng.random() < 0.2:
        picture[:, :: int(rng.integers(2, 5))] = 0  # dotted
    return np.divide(picture, 255, dtype=np.float32)


def _turned(size: tuple[int, int], rng: np.random.Generator) -> tuple[Shade, Shade]:
    """Return how far each pixel lies down and across a turned sheet, px."""
    rows, columns = np.indices(size, np.float32)
    angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    down, across = rows * cosine - columns * sine, rows * sine + columns * cosine
    return np.asarray(down, np.float32), np.asarray(across, np.float32)


def _soft_step(values: NDArray[np.floating], steepness: float) -> Shade:
    return np.asarray(np.clip(values * steepness * 0.5 + 0.5, 0, 1), np.float32)


def _line(picture: NDArray[np.uint8], points: NDArray[np.floating], shade: int, px: int) -> None:
    fixed = (points * 2**_SHIFT).round().astype(np.int32)
    cv2.polylines(picture, [fixed], False, shade, px, cv2.LINE_AA, _SHIFT)  # noqa: FBT003

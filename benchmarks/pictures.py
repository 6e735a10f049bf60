"""The pictures that every competitor reads: drawn here from a fixed seed, no data needed."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.drawing import canvas, encode

SEED = 28


def drawings(count: int) -> list[bytes]:
    """Draw digits anywhere on a white canvas of 280×280, as the files that the pad sends.

    Args:
        count: of pictures.

    Returns:
        PNG files, RGBA.
    """
    rng = np.random.default_rng(SEED)
    return [_as_sent(_drawn(number % 10, rng)) for number in range(count)]


def _drawn(digit: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    height = rng.uniform(90, 230)
    top, left = rng.uniform(15, 265 - height), rng.uniform(15, 265 - 0.7 * height)
    return canvas(digit, top=top, left=left, height=height, pen=rng.uniform(14, 22))


def _as_sent(grey: NDArray[np.uint8]) -> bytes:
    rgba = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGBA), dtype=np.uint8)
    # Browsers compress a canvas quickly rather than well; what is well compressed opens slower.
    return encode(rgba, compress_level=3)

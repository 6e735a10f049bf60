"""The plain way to read a number: adaptive threshold, connected components, a digit at a time."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread import Reader

Grey = NDArray[np.uint8]


def read_plainly(grey: Grey) -> tuple[str, NDArray[np.float32]]:
    """Return the digits from left to right, and their boxes, shape (count, 4)."""
    longer = max(grey.shape)
    factor = min(1.0, 1600 / longer)
    small = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor), np.uint8)
    window = max(11, round(min(small.shape) * 0.4) // 2 * 2 + 1)
    dark = cv2.adaptiveThreshold(
        small, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, window, 12
    )
    dark = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    parts = _split([each for each in stats[1:, :4].tolist() if _may_be_digit(each, small)])
    parts.sort()
    if not parts:
        return "", np.zeros((0, 4), np.float32)
    cuts = [255 - dark[top : top + high, left : left + wide] for left, top, wide, high in parts]
    framed = [cv2.copyMakeBorder(cut, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=255) for cut in cuts]
    readings = _reader().read_digits([np.asarray(each, np.uint8) for each in framed])
    boxes = [(left, top, left + wide, top + high) for left, top, wide, high in parts]
    kept = [index for index, each in enumerate(readings) if each.verdict == "digit"]
    text = "".join(str(readings[index].best) for index in kept)
    return text, np.array([boxes[index] for index in kept], np.float32).reshape(-1, 4) / factor


def _may_be_digit(part: list[int], grey: Grey) -> bool:
    _, _, wide, high = part
    return high >= max(8, 0.25 * min(grey.shape[0], 64)) and wide < 8 * high


def _split(parts: list[list[int]]) -> list[list[int]]:
    """Cut parts that are wider than a digit into as many as would fit."""
    cut = []
    for left, top, wide, high in parts:
        count = max(1, round(wide / (0.9 * high)))
        width = wide // count
        cut += [[left + place * width, top, width, high] for place in range(count)]
    return cut


@cache
def _reader() -> Reader:
    return Reader()

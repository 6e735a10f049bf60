"""Pixels in colour, or partly transparent → one grey channel. Pure NumPy and OpenCV."""

import cv2
import numpy as np
from numpy.typing import NDArray

_BAND_PX = 256  # rows that are blended at a time: in floating point they take much more room


def flatten(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return one channel of a picture, in which its strokes stand out.

    Args:
        pixels: shape (height, width), (height, width, 3) RGB or (height, width, 4) RGBA.

    Returns:
        Shape (height, width), uint8. Where it is transparent it is paper.
    """
    if pixels.ndim == 2:
        return pixels
    pixels = np.ascontiguousarray(pixels)
    if pixels.shape[2] == 4:
        grey = _one_channel(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), dtype=np.uint8))
        alpha = np.asarray(cv2.extractChannel(pixels, 3), dtype=np.uint8)
        return grey if alpha.min() == 255 else _on_paper(grey, alpha)
    return _one_channel(pixels)


def _one_channel(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Take the luma, or the colour channel in which the picture has far more contrast.

    Yellow on white and red on green hardly differ in luma.
    """
    luma = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if cv2.norm(rgb, cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB), cv2.NORM_INF) == 0:
        return luma
    height, width = luma.shape
    size = (min(width, 64), min(height, 64))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    contrast = np.ptp(small, axis=0)
    channel = int(contrast.argmax())
    luma_contrast = int(np.ptp(small @ np.array([0.299, 0.587, 0.114])))
    if contrast[channel] > 2 * luma_contrast + 16:
        return np.ascontiguousarray(rgb[..., channel])
    return luma


def _on_paper(grey: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay a picture with transparency on paper of a shade that its strokes stand out from.

    Where the visible part has contrast of its own and covers most of its place, it brings its own
    paper.
    """
    if not alpha.any():
        return np.full_like(grey, 255)
    is_seen = alpha > alpha.max() / 2
    visible = grey[is_seen]
    low, middle, high = np.percentile(visible, (2, 50, 98))
    _, _, width, height = cv2.boundingRect(is_seen.astype(np.uint8))
    brings_paper = visible.size > width * height // 2 and high - low > 64
    paper = middle if brings_paper else 255.0 if middle < 128 else 0.0
    flat = np.empty_like(grey)
    for start in range(0, len(grey), _BAND_PX):
        rows = slice(start, start + _BAND_PX)
        share = alpha[rows].astype(np.float32) / 255
        flat[rows] = (grey[rows] * share + paper * (1 - share)).round()
    return flat

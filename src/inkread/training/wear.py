"""What paper, cameras and wrong crops add to framed ink."""

import cv2
import numpy as np

from inkread import ink
from inkread.ink import Ink

_MIDDLE = (ink.CANVAS_PX - 1) / 2
_FADED = 0.7  # ink paler than this everywhere is not faded further


def wear(digit: Ink, rng: np.random.Generator, other: Ink | None = None) -> Ink:
    """Misplace, soil, shade and blur half of all framed ink, each only at times.

    Args:
        digit: shape (28, 28), float32, 0–1.
        rng: the source of all that is random.
        other: the ink of another digit, of which remains may lie at the rim.

    Returns:
        Shape (28, 28), float32, 0–1.
    """
    if rng.random() < 0.5:
        return digit
    worn = digit
    if other is not None and rng.random() < 0.04:
        worn = _neighbour(worn, other, rng)
    if rng.random() < 0.06:
        worn = _lines(worn, rng)
    worn = _misplace(worn, rng)
    if rng.random() < 0.2:
        worn = np.asarray(cv2.GaussianBlur(worn, (0, 0), rng.uniform(0.3, 1.1)), dtype=np.float32)
    if rng.random() < 0.08:
        worn = _coarse(worn, rng)
    worn = _shaded(worn, rng)
    if rng.random() < 0.05:
        worn = _haze(worn, rng)
    if rng.random() < 0.15:
        worn = worn + rng.normal(0, rng.uniform(0, 0.1), worn.shape).astype(np.float32)
    if rng.random() < 0.05:
        worn = _jpeg(worn, rng)
    return np.clip(worn, 0, 1)


def _misplace(digit: Ink, rng: np.random.Generator) -> Ink:
    """Move and scale a little, as a speck would, or more, as a wrong crop would."""
    far = rng.random() < 0.08
    zoom = np.exp(rng.uniform(-0.3, 0.05) if far else rng.normal(0, 0.04))
    shift = rng.normal(0, 1.5 if far else 0.5, 2)
    offset = _MIDDLE * (1 - zoom) + shift
    matrix = np.array([[zoom, 0, offset[0]], [0, zoom, offset[1]]])
    return np.asarray(cv2.warpAffine(digit, matrix, digit.shape), dtype=np.float32)


def _neighbour(digit: Ink, other: Ink, rng: np.random.Generator) -> Ink:
    """Leave a strip of another digit at the left or right rim."""
    strip = int(rng.integers(2, 6))
    soiled = digit.copy()
    if rng.random() < 0.5:
        soiled[:, :strip] = np.maximum(soiled[:, :strip], other[:, 20 - strip : 20])
    else:
        soiled[:, -strip:] = np.maximum(soiled[:, -strip:], other[:, 8 : 8 + strip])
    return soiled


def _lines(digit: Ink, rng: np.random.Generator) -> Ink:
    """Rule lines, whole or dotted, at the rim or as stripes across."""
    lines = np.zeros_like(digit)
    shade = rng.uniform(0.2, 1.0)
    if rng.random() < 0.5:
        lines[int(rng.choice([0, 1, 2, 3, 24, 25, 26, 27]))] = shade
    else:
        lines[int(rng.integers(8)) :: int(rng.integers(4, 14))] = shade * 0.6
    if rng.random() < 0.4:
        lines[:, :: int(rng.integers(2, 4))] = 0
    if rng.random() < 0.3:
        lines = lines.T
    return np.maximum(digit, lines)


def _shaded(digit: Ink, rng: np.random.Generator) -> Ink:
    """Leave the ink as uneven as a pen's is on a scan, or fade it, each at times."""
    if rng.random() < 0.25:
        digit = _uneven(digit, rng)
    if rng.random() < 0.3 and digit.max() > _FADED:
        digit = digit ** np.float32(rng.uniform(0.6, 1.5)) * np.float32(rng.uniform(0.6, 1.0))
    return digit


def _uneven(digit: Ink, rng: np.random.Generator) -> Ink:
    """Press the pen now more, now less; the darkest there is stays as dark as it was."""
    grid = int(rng.integers(5, 15))
    field = rng.normal(0, rng.uniform(0.05, 0.25), (grid, grid)).astype(np.float32)
    uneven = cv2.resize(field, digit.shape, interpolation=cv2.INTER_CUBIC)
    grey = np.asarray(cv2.GaussianBlur(digit * np.exp(uneven), (0, 0), 0.5), np.float32)
    return np.asarray(grey * (digit.max() / max(float(grey.max()), 1e-6)), np.float32)


def _coarse(digit: Ink, rng: np.random.Generator) -> Ink:
    """Let it come from a picture of fewer pixels."""
    side = int(rng.integers(14, 24))
    few = cv2.resize(digit, (side, side), interpolation=cv2.INTER_AREA)
    return np.clip(cv2.resize(few, digit.shape, interpolation=cv2.INTER_CUBIC), 0, 1)


def _haze(digit: Ink, rng: np.random.Generator) -> Ink:
    """Lay a cloudy grey over it."""
    darkest = rng.uniform(0.1, 0.5) * float(digit.max())
    cloud = rng.uniform(0, darkest, (4, 4)).astype(np.float32)
    return np.maximum(digit, cv2.resize(cloud, digit.shape, interpolation=cv2.INTER_CUBIC))


def _jpeg(digit: Ink, rng: np.random.Generator) -> Ink:
    grey = (np.clip(digit, 0, 1) * 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))])
    worn = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.divide(worn, 255, dtype=np.float32)

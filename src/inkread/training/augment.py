"""What pens, hands and cameras do to a digit, done to training pictures, then framed as read."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread import ink
from inkread.ink import Ink

_SIZE_PX = 56  # warped at twice the size of the ink, so that framing scales down as it does later
_ELASTIC_GRID = 5


def augment(picture: NDArray[np.uint8], rng: np.random.Generator) -> Ink:
    """Bend, slant, thicken, blur and fade one training picture, and frame it as a reader would.

    Args:
        picture: shape (28, 28), uint8, light ink on dark paper as in MNIST.
        rng: the source of all that is random.

    Returns:
        Shape (28, 28), float32, 0–1.
    """
    warped = _warp(np.divide(picture, 255, dtype=np.float32), rng)
    framed = ink.frame(_pen_width(warped, rng))
    return _degrade(_misplace(framed, rng), rng)


def _warp(digit: Ink, rng: np.random.Generator) -> Ink:
    """Rotate, slant and stretch by one affine map and bend by a smooth random field."""
    angle = np.deg2rad(rng.uniform(-15, 15))
    slant = rng.uniform(-0.25, 0.25)
    stretch = np.exp(rng.uniform(-0.2, 0.2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = np.array([[stretch, slant], [0, 1 / stretch]])
    matrix = turn @ shape * (ink.CANVAS_PX / _SIZE_PX * 1.25)
    grid = np.arange(_SIZE_PX, dtype=np.float32) - (_SIZE_PX - 1) / 2
    middle = (ink.CANVAS_PX - 1) / 2
    bend = rng.normal(0, rng.uniform(0, 1.1), (2, _ELASTIC_GRID, _ELASTIC_GRID)).astype(np.float32)
    maps = [
        (matrix[axis, 0] * grid[None, :] + matrix[axis, 1] * grid[:, None] + middle)
        + cv2.resize(bend[axis], (_SIZE_PX, _SIZE_PX), interpolation=cv2.INTER_CUBIC)
        for axis in (0, 1)
    ]
    column, row = (each.astype(np.float32) for each in maps)
    bent = np.asarray(cv2.remap(digit, column, row, cv2.INTER_CUBIC), dtype=np.float32)
    return np.clip(bent, 0, 1)


def _pen_width(digit: Ink, rng: np.random.Generator) -> Ink:
    """Make the stroke up to a pixel thinner or two thicker at the doubled size."""
    choice = rng.random()
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    if choice < 0.15:
        thinner = np.asarray(cv2.erode(digit, kernel), dtype=np.float32)
        return thinner if thinner.max() > 0.5 else digit
    if choice < 0.5:
        times = 1 if choice < 0.4 else 2
        return np.asarray(cv2.dilate(digit, kernel, iterations=times), dtype=np.float32)
    return digit


def _misplace(digit: Ink, rng: np.random.Generator) -> Ink:
    """Move and scale a little, as a speck or a wrong crop would."""
    zoom = np.exp(rng.normal(0, 0.04))
    shift = rng.normal(0, 0.6, 2)
    centre = (ink.CANVAS_PX - 1) / 2
    matrix = np.array(
        [[zoom, 0, centre * (1 - zoom) + shift[0]], [0, zoom, centre * (1 - zoom) + shift[1]]]
    )
    return np.asarray(cv2.warpAffine(digit, matrix, digit.shape), dtype=np.float32)


def _degrade(digit: Ink, rng: np.random.Generator) -> Ink:
    """Blur, fade and add grain to some of the pictures."""
    worn = digit
    if rng.random() < 0.2:
        worn = np.asarray(cv2.GaussianBlur(worn, (0, 0), rng.uniform(0.3, 0.9)), dtype=np.float32)
    if rng.random() < 0.3:
        worn = worn ** np.float32(rng.uniform(0.6, 1.6)) * np.float32(rng.uniform(0.7, 1.0))
    if rng.random() < 0.2:
        worn = worn + rng.normal(0, rng.uniform(0, 0.08), worn.shape).astype(np.float32)
    return np.clip(worn, 0, 1)

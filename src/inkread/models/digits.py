"""The labelled digits that decide what an imported model takes: never those that check models."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.data.formats import read_idx
from inkread.ink import Ink, frame

TRAINING_PICTURES = 1_000
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
PENS = (6, 10, 14)
SLANTS = (-0.2, 0.0, 0.2)


@dataclass(frozen=True)
class KnownDigits:
    """Digits with what they show.

    Attributes:
        about: where they come from.
        drawn: whether by these fonts, which are unlike what people write.
        inks: shape (count, 28, 28).
        labels: shape (count,), 0–9.
    """

    about: str
    drawn: bool
    inks: Ink
    labels: NDArray[np.int64]


def known_digits(data: Path | None) -> KnownDigits:
    """Return digits of MNIST's training set, or drawn ones where it is not at hand.

    Args:
        data: the folder of data, which may hold `mnist/`.
    """
    path = (data or Path()) / "mnist" / "train-images-idx3-ubyte.gz"
    if data is None or not path.is_file():
        return drawn_digits()
    found = read_idx(path)
    pictures = np.stack([np.asarray(each) for each in found.pictures[:TRAINING_PICTURES]])
    inks = np.divide(pictures, 255, dtype=np.float32)
    labels = found.labels[:TRAINING_PICTURES]
    return KnownDigits("of MNIST's training set", drawn=False, inks=inks, labels=labels)


def drawn_digits() -> KnownDigits:
    """Draw each digit in several fonts, pens and slants."""
    drawn = [
        (frame(_drawn(str(digit), font, pen, slant)), digit)
        for font in FONTS
        for pen in PENS
        for slant in SLANTS
        for digit in range(10)
    ]
    inks, labels = np.stack([ink for ink, _ in drawn]), np.array([digit for _, digit in drawn])
    return KnownDigits("that were drawn for it", drawn=True, inks=inks, labels=labels)


def _drawn(text: str, font: int, pen: int, slant: float) -> Ink:
    canvas = np.zeros((200, 200), np.uint8)
    cv2.putText(canvas, text, (60, 150), font, 4, 255, pen, cv2.LINE_AA)
    shear = np.array([[1, slant, -100 * slant], [0, 1, 0]], np.float32)
    return np.divide(cv2.warpAffine(canvas, shear, (200, 200)), 255, dtype=np.float32)

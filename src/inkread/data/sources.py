"""Loads each data set as its publisher gives it."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkread.data import catalogue
from inkread.data.digits import NOT_A_DIGIT, Digits
from inkread.data.files import content

Stroke = NDArray[np.float32]  # shape (points, 2): x to the right, y down

# Characters, by number, that are digits to whoever sees one alone: judged by eye.
LOOK_ALIKES = {
    "Balinese": (5,),
    "Early_Aramaic": (2, 3, 4, 6, 7, 10, 12, 13, 14, 16, 17, 18, 20),
    "Greek": (2, 4, 8, 9, 15, 18),
    "Japanese_(katakana)": (2, 12, 22, 24, 27, 28, 30, 37, 42, 43, 46),
    "Korean": (5, 21, 22, 27, 28, 31, 33, 37),
    "Latin": (2, 7, 9, 12, 15, 17, 19, 25, 26),
}
HELD_OUT_ALPHABETS = ("Sanskrit", "Tagalog")  # for checking only
PENDIGITS_SIDE = 500


@dataclass(frozen=True)
class Drawings:
    """Digits as the strokes of a pen.

    Attributes:
        strokes: of each digit; points in units of its own.
        labels: shape (count,), int64, 0–9.
    """

    strokes: list[list[Stroke]]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def load_mnist(split: str, folder: Path | None = None) -> Digits:
    """Load MNIST's `train` (60,000) or `test` (10,000) split.

    Args:
        split: `train` or `test`.
        folder: the data folder; the files are fetched when None.

    Raises:
        DataError: a file is missing, cannot be fetched, or is not the published one.

    Source:
        LeCun, Cortes & Burges, "The MNIST database of handwritten digits".
    """
    images, labels = (
        np.frombuffer(content(file, folder), np.uint8) for file in catalogue.MNIST[split]
    )
    return Digits(images[16:].reshape(-1, 28, 28), labels[8:].astype(np.int64))


def load_pendigits(folder: Path | None = None) -> Drawings:
    """Load the training digits of pendigits: 7,494 by 30 writers, as pen strokes.

    Raises:
        DataError: the file is missing, cannot be fetched, or is not the published one.

    Source:
        Alpaydin & Alimoglu, "Pen-Based Recognition of Handwritten Digits", UCI, CC BY 4.0.
    """
    text = content(catalogue.PENDIGITS, folder).decode("ascii")
    segments = text.split(".SEGMENT DIGIT")[1:]
    labels = [int(segment.split('"')[1]) for segment in segments]
    return Drawings([_unipen(segment) for segment in segments], np.array(labels, np.int64))


def _unipen(segment: str) -> list[Stroke]:
    strokes = []
    for down in segment.split(".PEN_DOWN")[1:]:
        numbers = down.partition(".PEN_UP")[0].split()
        points = np.array(numbers, np.float32).reshape(-1, 2)
        strokes.append(np.stack([points[:, 0], PENDIGITS_SIDE - points[:, 1]], axis=1))
    return strokes


def load_optdigits(folder: Path | None = None) -> Digits:
    """Load the training and cross-validation digits of optdigits: 2,880 bitmaps of 32×32.

    Raises:
        DataError: a file is missing, cannot be fetched, or is not the published one.

    Source:
        Alpaydin & Kaynak, "Optical Recognition of Handwritten Digits", UCI, CC BY 4.0.
    """
    parts = [content(file, folder) for file in catalogue.OPTDIGITS]
    lines = [line for part in parts for line in part.decode("ascii").split("\n")[1:] if line]
    blocks = [lines[start : start + 33] for start in range(0, len(lines), 33)]
    bits = np.frombuffer("".join("".join(block[:32]) for block in blocks).encode(), np.uint8)
    labels = np.array([int(block[32]) for block in blocks], np.int64)
    return Digits((bits.reshape(-1, 32, 32) - ord("0")) * np.uint8(255), labels)


def load_semeion(folder: Path | None = None) -> Digits:
    """Load Semeion: 1,593 bitmaps of 16×16 by about 80 writers.

    Raises:
        DataError: the file is missing, cannot be fetched, or is not the published one.

    Source:
        Semeion Research Center, "Semeion Handwritten Digit", UCI, CC BY 4.0.
    """
    table = np.loadtxt(BytesIO(content(catalogue.SEMEION, folder)), dtype=np.float32)
    pictures = (table[:, :256].reshape(-1, 16, 16) * 255).astype(np.uint8)
    return Digits(pictures, table[:, 256:].argmax(axis=1).astype(np.int64))


def load_omniglot(
    folder: Path | None = None, *, held_out: bool = False, alike: bool = False
) -> Digits:
    """Load characters of Omniglot, 105×105, all labelled as no digit.

    To train on there are those of six alphabets that do not look like digits.

    Args:
        folder: holds `omniglot/`; without it the file is fetched.
        held_out: all of the two alphabets kept for checking, instead.
        alike: those of the six that do look like digits, instead: they are none only among others.

    Raises:
        DataError: the file is missing, cannot be fetched, or is not the published one.

    Source:
        Lake, Salakhutdinov & Tenenbaum, "Human-level concept learning through probabilistic
        program induction", MIT licence.
    """
    with np.load(BytesIO(content(catalogue.OMNIGLOT, folder))) as file:
        images, names = file["images"], file["labels"]
    wanted = _is_checking if held_out else _is_alike if alike else _is_no_digit
    kept = [wanted(str(name)) for name in names]
    pictures = 255 - images[kept]
    return Digits(pictures, np.full(len(pictures), NOT_A_DIGIT, np.int64))


def load_usps(split: str, folder: Path | None = None) -> Digits:
    """Load USPS's `train` (7,291) or `test` (2,007) split, 16×16: for checking only.

    Raises:
        DataError: the file is missing, cannot be fetched, or is not the published one.

    Source:
        Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", data of LeCun et al.
    """
    file = catalogue.USPS[0 if split == "train" else 1]
    table = np.loadtxt(BytesIO(content(file, folder)), dtype=np.float32)
    pictures = ((table[:, 1:].reshape(-1, 16, 16) + 1) * 127.5).round().astype(np.uint8)
    return Digits(pictures, table[:, 0].astype(np.int64))


def load_cvl(folder: Path | None = None) -> Digits:
    """Load 14,000 digits of 127 European writers, 28×28: for checking only.

    Raises:
        DataError: the file is missing or not the known one.

    Source:
        Diem, Fiel, Garz, Keglevic, Kleber & Sablatnig, "ICDAR 2013 competition on handwritten
        digit recognition", 2013.
    """
    with np.load(BytesIO(content(catalogue.CVL, folder))) as file:
        return Digits(255 - file["images"], file["labels"].astype(np.int64))


def _is_checking(name: str) -> bool:
    return name.partition("/")[0] in HELD_OUT_ALPHABETS


def _is_alike(name: str) -> bool:
    alphabet, _, character = name.partition("/character")
    return not _is_checking(name) and int(character) in LOOK_ALIKES.get(alphabet, ())


def _is_no_digit(name: str) -> bool:
    return not _is_checking(name) and not _is_alike(name)

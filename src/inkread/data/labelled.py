"""Labelled pictures as the reader takes them, and the checks that every source passes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import NOT_A_DIGIT
from inkread.errors import DataError
from inkread.picture import Picture

NOT_A_DIGIT_NAME = "not_a_digit"
# The largest values that pictures are usually stored with: bits, scikit-learn's digits, bytes,
# twelve and sixteen bits.
FULL_SCALES = (1, 16, 255, 4095, 65535)


@dataclass(frozen=True)
class LabelledSet:
    """Pictures with what they show, as a person or a publisher has them.

    Attributes:
        name: of the set.
        pictures: paths or uint8 arrays, as `Reader.read_digits` takes them. Files are opened
            only when they are read, so some may turn out to be damaged then.
        labels: shape (count,), int64, 0–9, or 10 for what is not a digit.
        ids: the file of each picture, relative to the folder of the set, or its row, from 0.
    """

    name: str
    pictures: Sequence[Picture]
    labels: NDArray[np.int64]
    ids: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_counts(len(self.pictures), len(self.labels), self.name)

    def __len__(self) -> int:
        return len(self.labels)


def rows(
    name: str, pictures: NDArray[np.generic], labels: NDArray[np.generic], about: Path
) -> LabelledSet:
    """Make a set of arrays; the ids are the rows' numbers.

    Args:
        name: of the set.
        pictures: as for `grey_pictures`.
        labels: as for `checked_labels`.
        about: the file they came from, for messages.

    Raises:
        DataError: the pictures or the labels are not what they should be, or differ in number.
    """
    ids = tuple(map(str, range(len(pictures)))) if pictures.ndim else ()
    grey, checked = grey_pictures(pictures, about), checked_labels(labels, about)
    _check_counts(len(grey), len(checked), str(about))
    return LabelledSet(name, list(grey), checked, ids)


def _check_counts(pictures: int, labels: int, about: str) -> None:
    if pictures != labels:
        raise DataError(
            f"needs a label for each picture, got {pictures} pictures and {labels} labels: {about}"
        )
    if not pictures:
        raise DataError(f"needs labelled pictures, got none: {about}")


def grey_pictures(pictures: NDArray[np.generic], about: Path) -> NDArray[np.uint8]:
    """Bring an array of pictures to the form that the reader takes.

    Args:
        pictures: shape (count, height, width), (count, height, width, 1, 3 or 4) or
            (count, side²); any numbers, of one of the usual ranges.
        about: the file they came from, for messages.

    Returns:
        Shape (count, height, width) or (count, height, width, 3 or 4), uint8.

    Raises:
        DataError: another shape, or values of no usual range.
    """
    if pictures.ndim == 2 and (side := _side(pictures.shape[1])):
        pictures = pictures.reshape(-1, side, side)
    if pictures.ndim == 4 and pictures.shape[3] == 1:
        pictures = pictures[..., 0]
    if not (pictures.ndim == 3 or (pictures.ndim == 4 and pictures.shape[3] in (3, 4))):
        raise DataError(
            "needs pictures of count×height×width, count×height×width×channels or count×side², "
            f"got {_shape(pictures)}: {about}"
        )
    return eight_bit(pictures, about)


def eight_bit(values: NDArray[np.generic], about: Path) -> NDArray[np.uint8]:
    """Scale pixels by the smallest usual range that holds them.

    Raises:
        DataError: they are no finite numbers, or of no usual range.
    """
    if not np.issubdtype(values.dtype, np.number) and values.dtype != np.bool_:
        raise DataError(f"needs pixels that are numbers, got {values.dtype}: {about}")
    if not values.size:
        return np.zeros(values.shape, np.uint8)
    low, high = float(np.min(values)), float(np.max(values))
    if values.dtype == np.uint8 and high > 16:
        return np.asarray(values, np.uint8)
    full = next((scale for scale in FULL_SCALES if high <= scale), None)
    if full is None or not (low >= 0 or (low >= -1 and full == 1)):
        raise DataError(
            f"needs pixels from 0 to 255, 0 to 1 or -1 to 1, got {low:.6g} to {high:.6g}: {about}"
        )
    shifted = values.astype(np.float32) - np.float32(-1 if low < 0 else 0)
    return (shifted * (255 / (full + (low < 0)))).round().astype(np.uint8)


def checked_labels(labels: NDArray[np.generic], about: Path) -> NDArray[np.int64]:
    """Bring labels to 0–9, and 10 for what is not a digit.

    Args:
        labels: shape (count,) or (count, 1): whole numbers, digits as text, or `not_a_digit`;
            or one-hot, shape (count, 10 or 11).
        about: the file they came from, for messages.

    Raises:
        DataError: another shape, or another label.
    """
    if labels.ndim == 2 and labels.shape[1] in (10, 11) and np.issubdtype(labels.dtype, np.number):
        return np.asarray(labels.argmax(axis=1), np.int64)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError(f"needs labels of one number a picture, got {_shape(labels)}: {about}")
    return np.array([_label(each, about) for each in labels.tolist()], np.int64)


def _label(value: object, about: Path) -> int:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = text.strip()
    if text == NOT_A_DIGIT_NAME:
        return NOT_A_DIGIT
    try:
        number = float(text)
    except ValueError:
        number = -1
    if number not in range(NOT_A_DIGIT + 1):
        raise DataError(
            f"needs labels from 0 to 9, or {NOT_A_DIGIT_NAME}, got {text or 'nothing'}: {about}"
        )
    return int(number)


def labels_of(names: Iterable[str]) -> dict[str, int]:
    """Return the label that each name of a folder stands for; other names are left out."""
    known = {str(number): number for number in range(NOT_A_DIGIT + 1)}
    known[NOT_A_DIGIT_NAME] = NOT_A_DIGIT
    return {name: known[name] for name in names if name in known}


def _side(pixels: int) -> int | None:
    side = round(pixels**0.5)
    return side if side > 1 and side * side == pixels else None


def _shape(array: NDArray[np.generic]) -> str:
    return "×".join(map(str, array.shape)) or "a single value"

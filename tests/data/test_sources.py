"""The data sets as their publishers give them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkread.data.catalogue import CATALOGUE
from inkread.data.digits import NOT_A_DIGIT, Digits
from inkread.data.files import content
from inkread.data.sources import (
    load_mnist,
    load_omniglot,
    load_optdigits,
    load_pendigits,
    load_semeion,
)


@pytest.mark.parametrize(
    ("load", "count", "side"),
    [
        (lambda data: load_mnist("train", data), 60_000, 28),
        (lambda data: load_mnist("test", data), 10_000, 28),
        (load_optdigits, 2_880, 32),
        (load_semeion, 1_593, 16),
    ],
)
def test_digits_are_loaded_light_on_dark(
    data: Path, load: Callable[[Path], Digits], count: int, side: int
) -> None:
    digits = load(data)
    assert digits.pictures.shape == (count, side, side)
    assert digits.pictures.dtype == np.uint8
    assert digits.pictures.max() == 255
    assert digits.pictures.mean() < 100
    assert np.bincount(digits.labels, minlength=10).min() > 0.08 * count


def test_pendigits_are_strokes_with_y_down(data: Path) -> None:
    drawings = load_pendigits(data)
    assert len(drawings) == len(drawings.strokes) == 7_494
    assert np.bincount(drawings.labels).min() > 700
    assert all(len(stroke) for strokes in drawings.strokes for stroke in strokes)
    for digit in (7, 9):  # their first stroke begins near the top
        drawn = [drawings.strokes[row] for row in np.flatnonzero(drawings.labels == digit)]
        assert np.mean([_begins_high(strokes) for strokes in drawn]) > 0.9


def _begins_high(strokes: list[np.ndarray]) -> bool:
    down = np.concatenate(strokes)[:, 1]
    return bool(strokes[0][0, 1] < (down.min() + down.max()) / 2)


def test_omniglot_keeps_two_alphabets_for_checking(data: Path) -> None:
    training, checking = load_omniglot(data), load_omniglot(data, held_out=True)
    assert (len(training), len(checking)) == (3_660 - 48 * 20, 1_180)  # 48 look like digits
    assert len(load_omniglot(data, alike=True)) == 48 * 20
    assert set(training.labels) == set(checking.labels) == {NOT_A_DIGIT}
    assert training.pictures.mean() < 50  # light on dark


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_file_of_the_catalogue_is_the_published_one(data: Path, name: str) -> None:
    for file in CATALOGUE[name].files:
        assert len(content(file, data)) > 1_000

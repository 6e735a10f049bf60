"""What pages are written from: digits of several sources, words in print, other characters."""

from pathlib import Path

import numpy as np

from inkread.data.digits import NOT_A_DIGIT, Digits
from inkread.data.sources import (
    load_mnist,
    load_omniglot,
    load_optdigits,
    load_pendigits,
    load_semeion,
)
from inkread.training import glyphs
from inkread.training.config import TrainingConfig
from inkread.training.mixture import Grey, Pictures
from inkread.training.pages.page import Pages
from inkread.training.pages.writing import Invented, Recorded, Traced, Writer
from inkread.training.run import split

WORDS = 300
PLAIN = 0.8  # share of the pages to calibrate by that are as people hand them in: easy to see
SINGLE = 0.5  # of these that hold one number alone
WITHOUT = 0.02  # share of the pages to calibrate by that hold no number
LINES = 0.6  # share of the others that lines run across, as folds do
_HELD_OUT = 10  # one character in so many
_DRAWINGS = 20  # of each character, one after the other
_TAUGHT_LINES = 0.15  # share of the pages to train on that are not plain, of the same


def sources(settings: TrainingConfig, data: Path | None) -> tuple[Pages, Pages]:
    """Return what writes the pages to train on, and those to watch and to calibrate by.

    The digits of the latter are those of MNIST that are held out; their words, other characters and
    textures are not on the former either.

    Raises:
        DataError: some data is missing or not the published one.
    """
    digits, held_out = split(load_mnist("train", data), settings)
    writer = Writer(
        [
            (_traced(digits), 0.34),
            (Recorded(load_pendigits(data)), 0.18),
            (Invented(), 0.28),
            (_traced(load_optdigits(data)), 0.09),
            (_traced(load_semeion(data)), 0.11),
        ]
    )
    characters, alike = (load_omniglot(data, alike=each) for each in (False, True))
    kept, alike_kept = (
        np.arange(len(each)) // _DRAWINGS % _HELD_OUT == 0 for each in (characters, alike)
    )
    signs, other_signs = (glyphs.other_signs(held_out=each) for each in (False, True))
    written, other_written = (
        _written([*characters.pictures[rows], *more])
        for rows, more in ((~kept, signs), (kept, other_signs))
    )
    alike_written, alike_other = (
        _written(list(alike.pictures[rows])) for rows in (~alike_kept, alike_kept)
    )
    words, other_words = (
        printed_words(np.random.default_rng((settings.seed, place)), more)
        for place, more in ((0, signs), (1, other_signs))
    )
    other = Writer([(_traced(held_out), 1)])
    taught = Pages(writer, words, written, alike_written, lines=_TAUGHT_LINES)
    judging = Pages(
        other,
        other_words,
        other_written,
        alike_other,
        plain=PLAIN,
        lines=LINES,
        without=WITHOUT,
        single=SINGLE,
        held_out=True,
    )
    return taught, judging


def printed_words(rng: np.random.Generator, signs: list[Grey]) -> list[Grey]:
    """Print words, light on dark, with signs in them that are no Latin or Greek letters.

    Of look-alikes (O, l, S) there are no more than of other letters.
    """
    letters = glyphs.letters() + signs
    alike = [glyphs.printed(sign, font) for font in glyphs.FONTS[:6] for sign in "OoIlsSBgbqZz"]
    letters += alike
    return [
        np.hstack([_narrow(letters[rng.integers(len(letters))]) for _ in range(rng.integers(1, 9))])
        for _ in range(WORDS)
    ]


def _narrow(letter: Grey) -> Grey:
    """Cut the paper left and right of a letter away, but for a little."""
    columns = np.flatnonzero(letter.any(axis=0))
    return letter[10:70, max(0, columns[0] - 4) : columns[-1] + 5]


def _written(pictures: list[Grey]) -> Pictures:
    return Pictures(pictures, np.full(len(pictures), NOT_A_DIGIT))


def _traced(digits: Digits) -> Traced:
    return Traced(Pictures(digits.pictures, digits.labels))

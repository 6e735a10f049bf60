"""The sources of training pictures by name, each with its loader and its sampling weight."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from inkread.data.digits import NOT_A_DIGIT, Digits
from inkread.data.sources import load_omniglot, load_optdigits, load_pendigits, load_semeion
from inkread.training import glyphs
from inkread.training.mixture import (
    CUTS,
    AsTheyAre,
    Blends,
    Blobs,
    Drawn,
    Grey,
    Halves,
    Mixture,
    Numbers,
    Overwritten,
    Pictures,
    Scribbles,
    Shapes,
    Source,
)


@dataclass(frozen=True)
class Given:
    """What the sources are made from.

    Attributes:
        digits: the main digits, without those held out.
        data: the data folder; fetched when None.
        own: a person's own pictures, to be mixed in.
    """

    digits: Digits
    data: Path | None
    own: Digits | None = None


@dataclass(frozen=True)
class Recipe:
    """One source: its share of what is drawn, and how it is made.

    Attributes:
        weight: only the ratios of all weights count.
        make: returns the source and the number of its pictures, 0 where they are drawn anew or
            those of another; or None where nothing can be made of what is given.
        published: whether it is somebody's data set, which has to be fetched.
    """

    weight: float
    make: Callable[[Given], tuple[Source, int] | None]
    published: bool = False


def _pictures(digits: Digits, redrawn: float) -> tuple[Source, int]:
    return Pictures(digits.pictures, digits.labels, redrawn), len(digits)


def _as_they_are(given: Given) -> tuple[Source, int]:
    return AsTheyAre(given.digits.pictures, given.digits.labels), 0


def _pendigits(given: Given) -> tuple[Source, int]:
    drawings = load_pendigits(given.data)
    return Drawn(drawings), len(drawings)


def _signs(pictures: list[Grey], redrawn: float) -> tuple[Source, int]:
    labels = np.full(len(pictures), NOT_A_DIGIT, np.int64)
    return Pictures(pictures, labels, redrawn), 0


def _halves(given: Given) -> tuple[Source, int] | None:
    rows = np.isin(given.digits.labels, list(CUTS))
    if not rows.any():
        return None
    return Halves(given.digits.pictures[rows], given.digits.labels[rows]), 0


def _omniglot(given: Given) -> tuple[Source, int]:
    characters = _characters(given.data)
    return characters, len(characters.labels)


def _blends(given: Given) -> tuple[Source, int]:
    return Blends(_characters(given.data)), 0


@cache  # one picture is traced once for both
def _characters(data: Path | None) -> Pictures:
    digits = load_omniglot(data)
    return Pictures(digits.pictures, digits.labels, 0.6)


def _overwritten(given: Given) -> tuple[Source, int] | None:
    rows = np.isin(given.digits.labels, (2, 3, 4, 6, 8, 9))
    if not rows.any():
        return None
    return Overwritten(Pictures(given.digits.pictures[rows], given.digits.labels[rows])), 0


def _numbers(given: Given) -> tuple[Source, int]:
    return Numbers(given.digits.pictures[given.digits.labels < NOT_A_DIGIT]), 0


def _printed(_: Given) -> tuple[Source, int]:
    return Pictures(*glyphs.printed_digits(), 0.3), 0


RECIPES = {
    "digits": Recipe(0.42, lambda given: _pictures(given.digits, redrawn=0.65)),
    "digits as they are": Recipe(0.16, _as_they_are),
    "pendigits": Recipe(0.15, _pendigits, published=True),
    "optdigits": Recipe(
        0.10, lambda given: _pictures(load_optdigits(given.data), 0.3), published=True
    ),
    "semeion": Recipe(0.16, lambda given: _pictures(load_semeion(given.data), 0.3), published=True),
    "shapes": Recipe(0.15, lambda _: (Shapes(), 0)),
    "printed digits": Recipe(0.015, _printed),
    "omniglot": Recipe(0.09, _omniglot, published=True),
    "blends": Recipe(0.03, _blends, published=True),
    "printed letters": Recipe(0.03, lambda _: _signs(glyphs.letters(), 0.2)),
    "pen letters": Recipe(0.02, lambda _: _signs(glyphs.pen_letters(), 0.7)),
    "other signs": Recipe(0.07, lambda _: _signs(glyphs.other_signs(), 0.75)),
    "scribbles": Recipe(0.05, lambda _: (Scribbles(), 0)),
    "overwritten": Recipe(0.025, _overwritten),
    "blobs": Recipe(0.015, lambda _: (Blobs(), 0)),
    "numbers": Recipe(0.03, _numbers),
    "halves": Recipe(0.01, _halves),
}


def mixture(given: Given, own_share: float) -> tuple[Mixture, dict[str, int]]:
    """Load the sources, and count the pictures of those that are data.

    Args:
        given: what they are made from.
        own_share: share, 0–1, of a person's own pictures; 1 where the main digits are these,
            which leaves all published data out.

    Raises:
        DataError: some data is missing or not the published one.
    """
    recipes = {
        name: recipe for name, recipe in RECIPES.items() if own_share < 1 or not recipe.published
    }
    sources: list[tuple[Source, float]] = []
    counts: dict[str, int] = {}
    for name, recipe in recipes.items():
        if made := recipe.make(given):
            sources.append((made[0], recipe.weight))
            counts |= {name: made[1]} if made[1] else {}
    if given.own is not None:
        others = sum(weight for _, weight in sources)
        sources.append((_pictures(given.own, 0.25)[0], others * own_share / (1 - own_share)))
        counts["own pictures"] = len(given.own)
    return Mixture(sources), counts

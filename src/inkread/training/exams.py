"""What a finished network is examined on, beside the published checking sets: drawn from a seed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias, overload

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.data.digits import NOT_A_DIGIT
from inkread.data.labelled import LabelledSet
from inkread.data.sets import available_sets, named_set
from inkread.data.sources import Stroke
from inkread.picture import Picture
from inkread.training import glyphs
from inkread.training.mixture import Grey
from inkread.training.pen import draw
from inkread.training.scribbles import HELD_OUT_KINDS, scribble
from inkread.training.skeleton import strokes_of

CHOOSING = ("usps-train", "cvl-even")  # what may choose thresholds and temperatures
PUBLISHED = ("mnist-test", "usps-test", "cvl-odd", "omniglot-held-out")
CANVAS_PX = 280
Change: TypeAlias = Callable[[Grey, np.random.Generator], Grey]


def exams(data: Path | None) -> list[LabelledSet]:
    """Return the sets that a network is examined on, as far as they are here.

    All but those of `CHOOSING` choose nothing.
    """
    here = available_sets(data)
    sets = [named_set(name, data) for name in (*CHOOSING, *PUBLISHED) if name in here]
    mnist = next((each for each in sets if each.name == "mnist-test"), None)
    drawn = [letters(), other_signs(), scribbles()]
    return sets + ([] if mnist is None else [redrawn(mnist), turned(mnist)]) + drawn


def redrawn(digits: LabelledSet) -> LabelledSet:
    """Thin digits and draw them anew: a round pen of 18–22 px, 60–240 px high, anywhere."""
    pictures = _Changed(digits.pictures, _on_canvas, seed=1)
    return LabelledSet(f"{digits.name}, redrawn", pictures, digits.labels, digits.ids)


def turned(digits: LabelledSet) -> LabelledSet:
    """Turn digits by up to 25° and shear them by up to 20 %."""
    pictures = _Changed(digits.pictures, _turned, seed=2)
    return LabelledSet(f"{digits.name}, turned and sheared", pictures, digits.labels, digits.ids)


class _Changed(Sequence[Picture]):
    """Pictures that are changed when they are taken: all at once would fill the memory."""

    def __init__(self, pictures: Sequence[Picture], change: Change, seed: int) -> None:
        self._pictures, self._change, self._seed = pictures, change, seed

    def __len__(self) -> int:
        return len(self._pictures)

    @overload
    def __getitem__(self, rows: int) -> Picture: ...

    @overload
    def __getitem__(self, rows: slice) -> list[Picture]: ...

    def __getitem__(self, rows: int | slice) -> Picture | list[Picture]:
        if isinstance(rows, slice):
            return [self[row] for row in range(*rows.indices(len(self)))]
        rng = np.random.default_rng((self._seed, rows))
        return self._change(np.asarray(self._pictures[rows], np.uint8), rng)


def _on_canvas(picture: Grey, rng: np.random.Generator) -> Grey:
    strokes = strokes_of(picture)
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 0.02)
    pen = int(rng.integers(18, 23))
    height = rng.uniform(60, 240)
    scale = min((height - pen) / extent[1], (CANVAS_PX - pen - 4) / extent.max())
    free = CANVAS_PX - pen - extent * scale
    offset = pen / 2 + rng.uniform(0, 1, 2) * free
    placed = [((each - low) * scale + offset).astype(np.float32) for each in strokes]
    return 255 - draw(placed, (CANVAS_PX, CANVAS_PX), pen)


def _turned(picture: Grey, rng: np.random.Generator) -> Grey:
    side = 4 * max(picture.shape)
    large = cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC)
    angle, shear = np.deg2rad(rng.uniform(-25, 25)), rng.uniform(-0.2, 0.2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]])
    middle = np.full(2, (side - 1) / 2)
    shift = middle - matrix @ middle
    whole = np.hstack([matrix, shift[:, None]])
    return np.asarray(cv2.warpAffine(large, whole, (side, side)), dtype=np.uint8)


def letters() -> LabelledSet:
    """Print the letters and symbols of a family of fonts that is not trained on."""
    return _no_digits("letters of the STIX fonts", glyphs.letters(glyphs.HELD_OUT_FONTS))


def other_signs(times: int = 5) -> LabelledSet:
    """Draw letters and symbols of writing systems that are not trained on, each so many times."""
    rng = np.random.default_rng(4)
    printed = glyphs.other_signs(held_out=True) * times
    pictures = [_drawn(strokes_of(each), rng) for each in printed]
    return _no_digits("signs of other writing systems", pictures)


def scribbles(count: int = 1_000) -> LabelledSet:
    """Draw scribbles of a kind that is not trained on."""
    rng = np.random.default_rng(3)
    pictures = [_drawn(scribble(rng, HELD_OUT_KINDS), rng) for _ in range(count)]
    return _no_digits("hatching", pictures)


def _drawn(strokes: list[Stroke], rng: np.random.Generator) -> Grey:
    """Draw what is no digit on a canvas, as large as one and with any pen."""
    low = np.concatenate(strokes).min(axis=0)
    size, pen = rng.uniform(80, 180), int(rng.integers(4, 23))
    placed = [(each - low) * size + 30 for each in strokes]
    return 255 - draw(placed, (CANVAS_PX, CANVAS_PX), pen)


def _no_digits(name: str, pictures: list[NDArray[np.uint8]]) -> LabelledSet:
    labels = np.full(len(pictures), NOT_A_DIGIT, np.int64)
    return LabelledSet(name, pictures, labels, tuple(map(str, range(len(pictures)))))

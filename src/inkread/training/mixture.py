"""What a network is trained on: every source of pictures, drawn from by its weight."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread import ink
from inkread.data.digits import NOT_A_DIGIT
from inkread.data.sources import Drawings, Stroke
from inkread.errors import BlankPicture
from inkread.ink import Ink
from inkread.training.augment import bend, bend_picture, inked, rounded_of, turns_of
from inkread.training.scribbles import scribble
from inkread.training.shapes import draw_digit, is_between_1_and_7
from inkread.training.skeleton import strokes_of
from inkread.training.wear import wear

Grey = NDArray[np.uint8]
_MARKER = 0.5  # of the height of a digit: the thickest pen
_NO_MARKER = 0.25  # of the height of what is no digit: a thicker pen fills it, and blots are digits
_LEAST_STROKES, _LEAST_LENGTH = 3, 2.0  # of what is no digit; a length is in longer sides
_FINE = 0.12  # of the height: a thicker pen lets a stroke that is too many vanish in the others
_BESIDE, _STEP = 0.12, 0.04  # of a digit's height
_BEYOND = 0.5  # of a digit's height: with less ink beside its strokes it is still read
_THIN = 0.4  # of the length of a filled shape: a thinner one is a 1


class Source(Protocol):
    """A source of inks with labels."""

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        """Return one ink, shape (28, 28), as a hand would vary it, and its label, 0–10.

        Raises:
            BlankPicture: nothing was left of it; another one will do.
        """
        ...


@dataclass
class Pictures:
    """Pictures, bent, or traced and inked anew.

    Attributes:
        pictures: of any size, uint8, light ink on dark paper.
        labels: 0–10, one a picture.
        redrawn: the share, 0–1, that is inked anew.
    """

    pictures: Sequence[Grey] | Grey
    labels: Sequence[int] | NDArray[np.int64]
    redrawn: float = 0.3
    _traced: dict[int, list[Stroke]] = field(default_factory=dict, repr=False)

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        index = int(rng.integers(len(self.labels)))
        label = int(self.labels[index])
        strokes = self.strokes(index) if rng.random() < self.redrawn else []
        if strokes:
            return _inked(strokes, label, rng), label
        return bend_picture(self.pictures[index], rng, turns_of(label)), label

    def strokes(self, index: int) -> list[Stroke]:
        """Return the strokes that a picture was traced to; none where nothing could be."""
        if index not in self._traced:
            self._traced[index] = strokes_of(self.pictures[index])
        return self._traced[index]


def _inked(strokes: list[Stroke], label: int, rng: np.random.Generator) -> Ink:
    thickest = _NO_MARKER if label == NOT_A_DIGIT else _MARKER
    return inked(bend(strokes, rng, turns_of(label)), rng, thickest, rounded_of(label))


@dataclass
class AsTheyAre:
    """Pictures that are only framed, and not worn either.

    Attributes:
        pictures: of any size, uint8, light ink on dark paper.
        labels: 0–10, one a picture.
    """

    pictures: Sequence[Grey] | Grey
    labels: Sequence[int] | NDArray[np.int64]

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        index = int(rng.integers(len(self.labels)))
        framed = ink.frame(np.divide(self.pictures[index], 255, dtype=np.float32))
        return framed, int(self.labels[index])


@dataclass
class Drawn:
    """Digits recorded as strokes."""

    drawings: Drawings

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        index = int(rng.integers(len(self.drawings)))
        label = int(self.drawings.labels[index])
        return _inked(self.drawings.strokes[index], label, rng), label


class Shapes:
    """Digits that we draw ourselves."""

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        while True:
            strokes, digit = draw_digit(rng)
            bent = bend(strokes, rng, turns_of(digit))
            if not is_between_1_and_7(bent, digit):
                return inked(bent, rng, _MARKER, rounded_of(digit)), digit


class Scribbles:
    """Scribbles and symbols."""

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        return _inked(scribble(rng), NOT_A_DIGIT, rng), NOT_A_DIGIT


@dataclass
class Overwritten:
    """Digits with strokes too many: struck out, one upon another, or hung on a line like a letter.

    Attributes:
        digits: whose strokes are taken; neither 0, 1, 5 nor 7, which may have a bar more.
    """

    digits: Pictures

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        digit = self._unit(rng)
        more = (self._another, _struck_out, _hung)[rng.choice(3, p=(0.35, 0.2, 0.45))](rng)
        if _beyond(digit, more) < _BEYOND:
            raise BlankPicture("with so little more it is still a digit")
        return inked(bend([*digit, *more], rng), rng, _FINE), NOT_A_DIGIT

    def _another(self, rng: np.random.Generator) -> list[Stroke]:
        """Return the longest stroke of another digit, turned and anywhere upon the first."""
        longest = max(self._unit(rng), key=_length) - 0.5
        angle = rng.uniform(0.5, 2 * np.pi - 0.5)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        moved = longest @ turn.T * rng.uniform(0.8, 1.2) + 0.5 + rng.uniform(-0.4, 0.4, 2)
        return [moved.astype(np.float32)]

    def _unit(self, rng: np.random.Generator) -> list[Stroke]:
        """Return the strokes of a digit in a box one unit high."""
        strokes = self.digits.strokes(int(rng.integers(len(self.digits.labels))))
        if not strokes:
            raise BlankPicture("the picture has no ink")
        points = np.concatenate(strokes)
        low, extent = points.min(axis=0), np.ptp(points, axis=0).max()
        return [(each - low) / max(float(extent), 0.01) for each in strokes]


def _length(stroke: Stroke) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())


def _beyond(digit: list[Stroke], more: list[Stroke]) -> float:
    """Return the length of what lies beside a digit's strokes, in its heights."""
    own = np.concatenate([_closely(each) for each in digit])
    points = np.concatenate([_closely(each) for each in more])
    nearest = np.sqrt(((points[:, None] - own[None]) ** 2).sum(axis=2).min(axis=1))
    return float((nearest > _BESIDE).sum() * _STEP)


def _closely(stroke: Stroke) -> Stroke:
    """Return points on a stroke, each a short step from the one before."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    places = np.arange(0, max(along[-1], _STEP), _STEP)
    return np.stack([np.interp(places, along, axis) for axis in stroke.T], axis=1)


def _struck_out(rng: np.random.Generator) -> list[Stroke]:
    """Return two or more lines across a digit; one alone may belong to it."""
    angles = rng.uniform(0, np.pi, rng.integers(2, 5))
    tips = np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(0.4, 0.8)
    middles = rng.uniform((0.2, 0.25), (0.6, 0.75), (len(angles), 2))
    lines = np.stack([middles - tips, middles + tips], axis=1)
    return list(lines.astype(np.float32))


def _hung(rng: np.random.Generator) -> list[Stroke]:
    """Return a bar over a digit, wider than it, and at times a stem beside it."""
    high = rng.uniform(-0.2, 0.02)
    wide = (rng.uniform(-0.4, -0.15), rng.uniform(0.9, 1.3))
    bar = np.array([[wide[0], high], [wide[1], high + rng.normal(0, 0.05)]], np.float32)
    beside = rng.uniform(0.75, 1.1)
    stem = np.array([[beside, high], [beside + rng.normal(0, 0.05), 1.1]], np.float32)
    return [bar, stem] if rng.random() < 0.35 else [bar]


@dataclass
class Blends:
    """Characters of no alphabet: about half of the strokes of two that are no digits.

    Attributes:
        characters: whose strokes are taken.
    """

    characters: Pictures

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        two = rng.integers(len(self.characters.labels), size=2)
        every = [stroke for index in two for stroke in self.characters.strokes(int(index))]
        strokes = [each for each in every if rng.random() < 0.5]
        if len(strokes) < _LEAST_STROKES or sum(map(_length, strokes)) < _LEAST_LENGTH:
            raise BlankPicture("with so little ink it may be a digit")
        return _inked(strokes, NOT_A_DIGIT, rng), NOT_A_DIGIT


@dataclass
class Numbers:
    """Two or three digits that touch: no digit."""

    digits: Grey

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        chosen = self.digits[rng.integers(len(self.digits), size=2 if rng.random() < 0.8 else 3)]
        row = ink.crop(np.divide(chosen[0], 255, dtype=np.float32))
        for each in chosen[1:]:
            row = _beside(row, ink.crop(np.divide(each, 255, dtype=np.float32)), rng)
        return bend_picture((row * 255).astype(np.uint8), rng), NOT_A_DIGIT


@dataclass
class Halves:
    """Digits of which a wrong crop left about a third, where that is no digit itself.

    Attributes:
        digits: of 28×28.
        labels: all of them in CUTS.
    """

    digits: Grey
    labels: NDArray[np.int64]

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        index = int(rng.integers(len(self.labels)))
        digit = ink.crop(np.divide(self.digits[index], 255, dtype=np.float32))
        kept = rng.uniform(0.3, 0.42)
        side = rng.choice(CUTS[int(self.labels[index])])
        height, width = digit.shape
        rows, columns = max(3, int(height * kept)), max(3, int(width * kept))
        half = digit[:rows] if side == "top" else digit[:, :columns]
        return bend_picture((half * 255).astype(np.uint8), rng), NOT_A_DIGIT


# Which halves are no digit: of an 8 they are a 0 or a 3, left of a 4 or a 9 a 1, the arch of a 2 a
# 7, the top of a 4 a 1 like Λ.
CUTS = {2: ("left",), 3: ("left",), 5: ("top", "left")}


class Blobs:
    """Filled shapes, about as wide as high."""

    def sample(self, rng: np.random.Generator) -> tuple[Ink, int]:
        corners = self._corners(rng)
        while min(cv2.minAreaRect(corners)[1]) < _THIN * max(cv2.minAreaRect(corners)[1]):
            corners = self._corners(rng)
        canvas = np.zeros((80, 80), np.uint8)
        points = ((corners + 40) * 16).round().astype(np.int32)
        cv2.fillPoly(canvas, [points], 255, cv2.LINE_AA, 4)
        return ink.frame(np.divide(canvas, 255, dtype=np.float32)), NOT_A_DIGIT

    @staticmethod
    def _corners(rng: np.random.Generator) -> NDArray[np.float32]:
        count = int(rng.integers(3, 10)) if rng.random() < 0.6 else 24
        angles = np.sort(rng.uniform(0, 2 * np.pi, count) if count < 24 else np.arange(24) * 0.262)
        radii = rng.uniform(0.6 if count < 24 else 0.9, 1, count) * 26
        stretch = np.exp(rng.uniform(-0.35, 0.35))
        corners = np.stack([np.cos(angles) * stretch, np.sin(angles) / stretch], axis=1)
        return (corners * radii[:, None]).astype(np.float32)


def _beside(left: Ink, right: Ink, rng: np.random.Generator) -> Ink:
    """Place one digit to the right of another, touching or overlapping a little."""
    narrower = min(left.shape[1], right.shape[1])
    overlap = min(int(rng.integers(0, 5)), narrower // 3)  # none may vanish in the other
    height = max(left.shape[0], right.shape[0]) + 4
    both = np.zeros((height, left.shape[1] + right.shape[1]), np.float32)
    for digit, column in ((left, 0), (right, max(0, left.shape[1] - overlap))):
        row = int(rng.integers(0, height - digit.shape[0] + 1))
        place = both[row : row + digit.shape[0], column : column + digit.shape[1]]
        np.maximum(place, digit[:, : place.shape[1]], out=place)
    return both


class Mixture:
    """Draws from sources by their weights.

    Attributes:
        weights: of each source; only their ratios count.
    """

    def __init__(self, sources: Sequence[tuple[Source, float]]) -> None:
        self.sources = [source for source, _ in sources]
        weights = np.array([weight for _, weight in sources])
        self.weights = weights / weights.sum()

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return augmented inks, shape (size, 28, 28), uint8, and their labels, 0–10."""
        cv2.setNumThreads(1)
        chosen = [
            self.sources[index]
            for index in rng.choice(len(self.sources), size=size, p=self.weights)
        ]
        pairs = [self._sample(source, rng) for source in chosen]
        framed = [each for each, _ in pairs]
        inks = [
            each if isinstance(source, AsTheyAre) else wear(each, rng, other)
            for source, each, other in zip(chosen, framed, framed[1:] + framed[:1], strict=True)
        ]
        labels = np.array([label for _, label in pairs], np.int64)
        return (np.stack(inks) * 255 + 0.5).astype(np.uint8), labels

    def _sample(self, source: Source, rng: np.random.Generator) -> tuple[Ink, int]:
        while True:
            try:
                return source.sample(rng)
            except BlankPicture:
                continue

"""Pages that we write ourselves: numbers on paper of all kinds, photographed."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.data.sources import Stroke
from inkread.maps import evened, polarity
from inkread.training.augment import bend
from inkread.training.mixture import Grey, Pictures
from inkread.training.pages import texture
from inkread.training.pages.paper import Paper, bare, photographed, shown_through
from inkread.training.pages.targets import Page, targets
from inkread.training.pages.writing import NONE, Hand, Sign, Writer, any_hand
from inkread.training.scribbles import scribble

_FINE = 2  # drawn at twice the size
_SHIFT = 4  # coordinates in 1/16 px
_TEXT = 0.6  # share of pages without numbers that lines of words fill
_SYSTEM = 150  # places in the list of characters, from one to others of its writing system
_PRINTED = 60  # of 255: ink of a letter
SIZES = ((64, 256), (128, 128), (48, 336), (96, 176))  # (height, width), px
LARGE = ((288, 384), (384, 288), (224, 512), (320, 320))  # of pages with many rows


@dataclass(frozen=True)
class _Label:
    """A word to be printed at a place, px."""

    printed: Grey
    top: int
    left: int

    @property
    def right(self) -> int:
        return self.left + int(self.printed.shape[1])


@dataclass
class Pages:
    """Writes pages.

    Attributes:
        writer: of the numbers.
        prints: words in print, uint8, light on dark.
        characters: written ones that are no digits, to be traced; what is near in the list is of
            one writing system.
        alike: such as are digits to whoever sees one alone: they are letters among others.
        plain: share, 0–1, of pages with a number on bare paper, seen well.
        lines: share, 0–1, of the other pages that lines run across, any way.
        without: share, 0–1, of pages that hold no number, but words and characters.
        forms: share, 0–1, of plain pages on which each line begins with a word in print.
        single: share, 0–1, of plain pages that hold one number alone, with paper around it.
        through: share, 0–1, of pages on which what is written on their back shows through.
        held_out: whether its paper has textures of its own, which the others' never has.
    """

    writer: Writer
    prints: list[Grey]
    characters: Pictures
    alike: Pictures
    plain: float = 0.35
    lines: float = 0.0
    without: float = 0.07
    forms: float = 0.0
    single: float = 0.0
    through: float = 0.1
    held_out: bool = False
    _paper: Paper = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._paper = Paper(self.held_out)

    def page(self, size: tuple[int, int], rng: np.random.Generator) -> Page:
        """Write a page.

        Args:
            size: (height, width), px.
            rng: the source of all that is random.
        """
        plain, without = rng.random() < self.plain, rng.random() < self.without
        form = bool(self.forms) and plain and not without and rng.random() < self.forms
        single = bool(self.single) and plain and not without and rng.random() < self.single
        signs, others, labels = (
            (self._single(size, rng), list[Sign](), list[_Label]())
            if single
            else self._written(size, rng, without=without, form=form)
        )
        others = [] if plain and not without else others
        pen_px = _pen(signs, rng)
        ink = _inked([each.strokes for each in (*signs, *others)], size, pen_px, rng)
        boxes, beside = (_boxes(each, pen_px) for each in (signs, others))
        for label in labels:
            _paste(ink, np.divide(label.printed, 255, dtype=np.float32), label.top, label.left)
        if (without or not plain) and rng.random() < (0.3 if signs else 0.6):
            beside = np.concatenate([beside, self._print(ink, boxes, rng)])
        picture = bare(ink, rng) if plain else self._paper.under(ink, rng)
        if rng.random() < self.through:
            picture = shown_through(picture, self._back(size, rng), rng)
        picture = photographed(picture, rng, often=0.3 if plain else rng.choice([0.5, 1]))
        return Page(picture, boxes, np.array([each.label for each in signs], np.int64), beside)

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return normalised pages, shape (size, height, width), and their maps.

        All of a batch are of one size, one of SIZES.
        """
        shape = SIZES[rng.integers(len(SIZES))]
        pages = [self.page(shape, rng) for _ in range(size)]
        pictures = np.stack([even(each.picture) for each in pages])
        return pictures, np.stack([targets(each) for each in pages])

    def _written(
        self, size: tuple[int, int], rng: np.random.Generator, *, without: bool, form: bool
    ) -> tuple[list[Sign], list[Sign], list[_Label]]:
        """Write lines of numbers from top to bottom, what is none, and labels to be printed."""
        height = float(np.clip(34 * np.exp(rng.normal(0, 0.22)), 18, 0.95 * size[0]))
        hand = any_hand(rng, height)
        signs: list[Sign] = []
        labels: list[_Label] = []
        top = rng.uniform(0, max(0.0, min(size[0] - height, height)))
        while not without and top + 0.8 * height < size[0] and rng.random() < 0.95:
            start = None
            if form:
                labels.append(self._label(hand, top, rng))
                start = labels[-1].right + height * rng.uniform(0.3, 2)
            signs += self._line(hand, top, size[1], rng, start)
            top += height * rng.uniform(1.15, 2.2)
        others = [each for each in signs if each.label == NONE]
        if without and rng.random() < _TEXT:
            others += self._text(hand, size, rng)
        else:
            for _ in range(rng.integers(1, 5) if without else rng.random() < 0.3):
                others += self._characters(hand, size, signs, rng)
        if rng.random() < 0.15:
            others += _dashes(hand, size, signs, rng)
        if self.lines and rng.random() < self.lines:
            others += _across(size, signs, rng)
        return [each for each in signs if each.label != NONE], others, labels

    def _back(self, size: tuple[int, int], rng: np.random.Generator) -> texture.Shade:
        """Write on the back of a page."""
        signs, others, _ = self._written(size, rng, without=rng.random() < self.without, form=False)
        every = [*signs, *others]
        return _inked([each.strokes for each in every], size, _pen(signs, rng), rng)

    def _single(self, size: tuple[int, int], rng: np.random.Generator) -> list[Sign]:
        """Write a number, or as much of it as there is room for, with some paper around it."""
        height, width = size
        hand = any_hand(rng, rng.uniform(0.35, 0.75) * min(height, 60))
        number = self.writer.number(hand, 8, rng)
        number = [each for each in number if each.box[2] - number[0].box[0] < 0.9 * width]
        boxes = np.array([each.box for each in number]).reshape(-1, 4)
        if not len(boxes):
            return []
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        room = np.array([width, height]) - (high - low)
        place = room * rng.uniform(0.1, 0.9, 2) - low
        return [each.moved(*place) for each in number if each.label != NONE]

    def _label(self, hand: Hand, top: float, rng: np.random.Generator) -> _Label:
        """Choose a word to be printed where a line begins, not higher than what is written."""
        word = self.prints[rng.integers(len(self.prints))]
        zoom = hand.height_px * rng.uniform(0.4, 1) / (0.7 * word.shape[0])
        printed = cv2.resize(word, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        place = top + rng.uniform(0, 1) * (hand.height_px - printed.shape[0])
        return _Label(np.asarray(printed, np.uint8), int(place), int(rng.uniform(-0.5, 1) * 20))

    def _line(
        self,
        hand: Hand,
        top: float,
        width: int,
        rng: np.random.Generator,
        start: float | None = None,
    ) -> list[Sign]:
        """Write numbers side by side, from a place on, px, or from anywhere at the left."""
        signs: list[Sign] = []
        left = rng.normal(2, 2) if rng.random() < 0.2 else rng.uniform(0.02, 0.25) * width
        left = left if start is None else start
        while True:
            number = self.writer.number(hand, 8, rng)
            number = [each.moved(left, top + hand.climb * left) for each in number]
            signs += [each for each in number if each.box[2] < width * 1.1]
            left = max(float(each.box[2]) for each in number) + hand.height_px * rng.uniform(1, 5)
            if left > 0.75 * width or rng.random() < 0.3:
                return signs

    def _characters(
        self, hand: Hand, size: tuple[int, int], signs: list[Sign], rng: np.random.Generator
    ) -> list[Sign]:
        """Write a few letters or scribbles where no number stands."""
        place = rng.uniform(0, 1, 2) * (size[1], size[0]) - (0, hand.height_px / 2)
        word = [self._character(hand, rng) for _ in range(rng.integers(1, 6))]
        return [each for each in _in_row(word, place, 0.2) if not _touches(each.box, signs)]

    def _text(self, hand: Hand, size: tuple[int, int], rng: np.random.Generator) -> list[Sign]:
        """Write lines of words in letters of one writing system, some of which look like digits."""
        system = int(rng.integers(len(self.characters.labels)))
        gap, space, lead = rng.uniform(0.1, 0.6), rng.uniform(0.5, 2.5), rng.uniform(1.2, 2)
        found: list[Sign] = []
        place = rng.uniform(-0.5, 1, 2) * hand.height_px
        while place[1] + 0.8 * hand.height_px < size[0]:
            left = float(place[0])
            while left < size[1]:
                word = [self._character(hand, rng, system) for _ in range(rng.integers(1, 7))]
                found += _in_row(word, np.array([left, place[1]]), gap)
                left = float(found[-1].box[2]) + space * hand.height_px
            place[1] += lead * hand.height_px
        return found

    def _character(self, hand: Hand, rng: np.random.Generator, system: int | None = None) -> Sign:
        """Write a letter; or a scribble, or, of a writing system, one that looks like a digit."""
        others = rng.random() < 0.15
        while True:
            if system is None:
                strokes = scribble(rng) if others else _any(self.characters, rng)
            else:
                strokes = _any(self.alike, rng) if others else _any(self.characters, rng, system)
            if strokes:
                high = hand.height_px * rng.uniform(0.6, 1.2)
                return Sign([each * np.float32(high) for each in bend(strokes, rng)], NONE)

    def _print(
        self, ink: texture.Shade, boxes: NDArray[np.float32], rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """Print words where no number stands, and return the boxes of their letters."""
        letters = [np.zeros((0, 4), np.float32)]
        for _ in range(rng.integers(1, 4) if len(boxes) else rng.integers(1, 12)):
            word = self.prints[rng.integers(len(self.prints))]
            high = rng.uniform(9, 40)
            zoom = high / word.shape[0]
            printed = np.asarray(
                cv2.resize(word, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8
            )
            top, left = (int(rng.uniform(-0.2, 0.95) * length) for length in ink.shape)
            box = np.array([left, top, left + printed.shape[1], top + printed.shape[0]])
            if not any(_overlap(box, each) for each in boxes):
                _paste(ink, np.divide(printed, 255, dtype=np.float32), top, left)
                letters.append(_letters(printed) + box[[0, 1, 0, 1]])
        return np.concatenate(letters).astype(np.float32)


def even(grey: Grey) -> Grey:
    """Even out light and contrast as is done when a page is read."""
    return evened(grey, 1, polarity(grey)[1])


def _boxes(signs: list[Sign], pen_px: float) -> NDArray[np.float32]:
    """Return the boxes around what a pen draws, shape (count, 4)."""
    ways = np.array([each.box for each in signs], np.float32).reshape(-1, 4)
    return ways + np.array([-1, -1, 1, 1], np.float32) * (pen_px / 2)


def _pen(signs: list[Sign], rng: np.random.Generator) -> float:
    """Return the width of the pen, px."""
    heights = [float(np.ptp(each.box[1::2])) for each in signs] or [30.0]
    return float(np.exp(rng.uniform(np.log(0.035), np.log(0.19)))) * max(heights)


def _inked(
    drawings: list[list[Stroke]], size: tuple[int, int], pen_px: float, rng: np.random.Generator
) -> texture.Shade:
    """Draw strokes with a round pen whose width and darkness vary from stroke to stroke."""
    picture = np.zeros([length * _FINE for length in size], np.uint8)
    varies, fades = rng.choice([0, 0.1, 0.25]), rng.choice([0, 0, 0.1, 0.25])
    for stroke in (each for strokes in drawings for each in strokes):
        wide = pen_px * _FINE * np.exp(rng.normal(0, varies)) - 1.7
        fixed = ((stroke * _FINE - 0.5) * 2**_SHIFT).round().astype(np.int32)
        if len(fixed) == 1:
            fixed = np.repeat(fixed, 2, axis=0)
            fixed[1, 0] += 1
        thick = max(1, round(wide))
        shade = int(255 * max(0.3, 1 - abs(rng.normal(0, fades))))
        cv2.polylines(picture, [fixed], False, shade, thick, cv2.LINE_AA, _SHIFT)  # noqa: FBT003
    small = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)
    return np.divide(small, 255, dtype=np.float32)


def _dashes(
    hand: Hand, size: tuple[int, int], signs: list[Sign], rng: np.random.Generator
) -> list[Sign]:
    """Draw lines that fill the rest of a field, cross it or strike through."""
    found = []
    for _ in range(rng.integers(1, 3)):
        left, top = rng.uniform(0.2, 1), rng.uniform(0.1, 0.9)
        length = hand.height_px * rng.uniform(1.3, 5)
        start = np.array([left * size[1], top * size[0]])
        angle = rng.normal(0, 0.1)
        end = start + length * np.array([np.cos(angle), np.sin(angle)])
        line = Sign([np.linspace(start, end, 4).astype(np.float32)], NONE)
        if not _touches(line.box, signs):
            found.append(line)
    return found


def _across(size: tuple[int, int], signs: list[Sign], rng: np.random.Generator) -> list[Sign]:
    """Draw straight lines across the page, past its digits, as edges and torn corners look."""
    found = []
    boxes = [each.box for each in signs if each.label != NONE]
    for _ in range(rng.integers(2, 8)):
        middle, angle = rng.uniform(0, 1, 2) * size[::-1], rng.uniform(0, np.pi)
        first, last = rng.uniform(-1, 1, 2) * max(size)
        along = np.linspace(first, last, 60)[:, None]
        points = middle + along * np.array([np.cos(angle), np.sin(angle)])
        if not any(_runs_through(points, each) for each in boxes):
            found.append(Sign([points.astype(np.float32)], NONE))
    return found


def _runs_through(points: NDArray[np.floating], box: NDArray[np.float32]) -> bool:
    inside = (points > box[:2] - 3) & (points < box[2:] + 3)
    return bool(inside.all(axis=1).any())


def _any(pictures: Pictures, rng: np.random.Generator, near: int | None = None) -> list[Stroke]:
    """Return the strokes of any of some pictures, or of one near a place in their list."""
    last = len(pictures.labels) - 1
    if near is None:
        return pictures.strokes(int(rng.integers(last + 1)))
    return pictures.strokes(int(np.clip(near + rng.integers(-_SYSTEM, _SYSTEM + 1), 0, last)))


def _in_row(word: list[Sign], place: NDArray[np.floating], gap: float) -> list[Sign]:
    """Put signs side by side from a place on, px, so many of their heights from each other."""
    found, (left, top) = [], place
    for sign in word:
        found.append(sign.moved(left - float(sign.box[0]), top))
        left = float(found[-1].box[2]) + gap * float(np.ptp(sign.box[1::2]))
    return found


def _letters(word: Grey) -> NDArray[np.float32]:
    """Return the boxes of a printed word's letters, shape (count, 4)."""
    ink = word > _PRINTED
    ends = np.flatnonzero(np.diff(ink.any(axis=0), prepend=False, append=False)).reshape(-1, 2)
    rows = [np.flatnonzero(ink[:, left:right].any(axis=1)) for left, right in ends]
    sides = [
        (left, row[0], right, row[-1] + 1) for (left, right), row in zip(ends, rows, strict=True)
    ]
    return np.array(sides, np.float32).reshape(-1, 4)


def _touches(box: NDArray[np.float32], signs: list[Sign]) -> bool:
    return any(_overlap(box, each.box) for each in signs if each.label != NONE)


def _overlap(box: NDArray[np.floating], other: NDArray[np.floating]) -> bool:
    return bool(np.all(box[:2] < other[2:] + 2) and np.all(other[:2] < box[2:] + 2))


def _paste(ink: texture.Shade, printed: texture.Shade, top: int, left: int) -> None:
    """Print over ink, as far as it lies on the page."""
    height, width = ink.shape
    first_row, first_column = max(0, -top), max(0, -left)
    part = printed[first_row : max(0, height - top), first_column : max(0, width - left)]
    row, column = max(0, top), max(0, left)
    place = ink[row : row + part.shape[0], column : column + part.shape[1]]
    np.maximum(place, part[: place.shape[0], : place.shape[1]], out=place)

"""The pictures that a visitor hands in, read; kept for that visitor while they are on the page."""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Literal, TypeVar, cast

import numpy as np
import streamlit as st

from inkread.documents import Page, is_document, pages_of
from inkread.errors import InkreadError, PictureError, UnreadablePicture
from inkread.picture import encode_jpeg, encode_png, load_rgb
from inkread.readings import DigitReading, PageReading, percent
from inkread.web.sidebar import How

THUMBNAIL_PX = 96
MOST_PAGES = 50  # of a PDF or a TIFF
_TOO_MANY = UnreadablePicture(
    f"no more than {MOST_PAGES} pages of a file are read",
    hint="split it, or read it by `inkread read --page`",
)

Kind = Literal["Either", "One digit", "Numbers"]
Reading = DigitReading | PageReading | InkreadError
Value = TypeVar("Value")


@dataclass(frozen=True)
class Handed:
    """A picture that was handed in.

    Attributes:
        name: of its file.
        content: its bytes.
        problem: why it cannot be read, where that is known already.
    """

    name: str
    content: bytes
    problem: InkreadError | None = field(default=None, compare=False)

    @cached_property
    def digest(self) -> str:
        """Tells it from the others."""
        return hashlib.sha256(self.content).hexdigest()[:16]


@dataclass(frozen=True)
class Asked:
    """What is to be read in the pictures, and how.

    Attributes:
        how: as the sidebar says.
        kind: what the pictures show.
        pattern: that each number matches; empty where it is not known.
        length: of each number, digits; 0 where it is not known.
    """

    how: How
    kind: Kind = "Either"
    pattern: str = ""
    length: int = 0

    def read(self, picture: bytes) -> Reading:
        """Read one picture, or say why it cannot be."""
        reader = self.how.reader()
        try:
            if self.kind == "One digit":
                return reader.read_digit(picture)
            if self.kind == "Numbers":
                pattern, length = self.pattern or None, self.length or None
                return reader.read_page(picture, pattern=pattern, length=length)
            return reader.read(picture)
        except InkreadError as error:
            return error


@dataclass(frozen=True)
class Result:
    """What was read in a picture, or why nothing was.

    Attributes:
        handed: the picture.
        reading: of it.
        rows: its numbers, or its digit, as the visitor mended them; None where nothing was.
        key: tells it from another picture that is the same, and from the same of which something
            else is asked, or that is read as numbers instead of a digit. How it is read beside
            that does not count: what a visitor mended stays.
    """

    handed: Handed
    reading: Reading
    rows: list[dict[str, Any]] | None = field(default=None, compare=False)
    key: str = ""

    @property
    def was_read(self) -> bool:
        """Whether the picture could be read, even if there was nothing in it."""
        return not isinstance(self.reading, InkreadError)

    @property
    def confidence(self) -> float:
        """Of the reading, 0–1; 0 where nothing could be read."""
        return 0.0 if isinstance(self.reading, InkreadError) else self.reading.confidence

    def in_words(self) -> str:
        """Say in a few words what was read, or what is wrong."""
        if isinstance(self.reading, InkreadError):
            return self.reading.message
        if isinstance(self.reading, DigitReading):
            if self.rows is not None:
                return f"{self.rows[0]['text'] or 'no digit'} (mended)"
            return self.reading.in_words()
        read = [line.text_with_separators for line in self.reading.lines]
        if self.rows is not None:
            now = [row["text"] for row in self.rows if row["text"] and not row["removed"]]
            if now != read:
                return f"{' · '.join(now) or 'no numbers'} (mended)"
        if len(read) > 1:
            return f"{' · '.join(read)} ({percent(self.confidence)})"
        return self.reading.in_words()


class Kept:
    """What was worked out at a visitor's last step, so that it is not at the next one again."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}
        self._used: set[Hashable] = set()

    def get(self, key: Hashable, work_out: Callable[[], Value]) -> Value:
        """Return what is kept under a key, worked out if it is not."""
        self._used.add(key)
        if key not in self._values:
            self._values[key] = work_out()
        return cast("Value", self._values[key])

    def forget_unused(self) -> None:
        """Forget what was not asked for since the last time."""
        self._values = {key: value for key, value in self._values.items() if key in self._used}
        self._used = set()


def kept() -> Kept:
    """Return what is kept for this visitor."""
    return cast("Kept", st.session_state.setdefault("kept", Kept()))


def mended() -> dict[str, list[dict[str, Any]]]:
    """Return what this visitor mended, by the `key` of its result, while their tab is open.

    Of each number, or of the one digit: `line`, its place in the reading, `text`, and whether it
    was `removed`.
    """
    return cast("dict[str, list[dict[str, Any]]]", st.session_state.setdefault("mended", {}))


def forget() -> None:
    """Forget the pictures that a visitor handed in, when they leave the page.

    What they mended stays: they may hand the same pictures in again.
    """
    st.session_state.pop("kept", None)


def pictures_in(files: list[Handed]) -> list[Handed]:
    """Return the pictures of files: of a PDF or a TIFF its pages, the first MOST_PAGES."""
    every: list[Handed] = []
    for each in files:
        every += kept().get(("pages", each.name, each.digest), partial(_pages, each))
    return every


def read(pictures: list[Handed], asked: Asked) -> Iterator[Result]:
    """Read pictures, one after the other.

    Raises:
        InkreadError: the model cannot be used.
    """
    alike: Counter[tuple[str, str]] = Counter()
    for each in pictures:
        reading = each.problem or kept().get(
            (each.digest, asked), partial(asked.read, each.content)
        )
        file = (each.name, each.digest)
        alike[file] += 1  # the same may be handed in twice, and mended otherwise
        whole = repr((file, alike[file], asked.pattern, asked.length, type(reading).__name__))
        key = hashlib.sha256(whole.encode()).hexdigest()[:16]
        yield Result(each, reading, mended().get(key), key)


def by_doubt(results: Iterable[Result]) -> list[Result]:
    """Sort what could not be read first, then the most doubtful."""
    return sorted(results, key=lambda each: (each.was_read, each.confidence))


def shown(handed: Handed, *, longest_side_px: int = THUMBNAIL_PX) -> str | None:
    """Return a copy of a picture to be shown, as a data URL; None where it cannot be read."""
    return kept().get((handed.digest, longest_side_px), partial(_shown, handed, longest_side_px))


def _shown(handed: Handed, longest_side_px: int) -> str | None:
    try:
        packed = encode_jpeg(load_rgb(handed.content, longest_side_px=longest_side_px))
    except InkreadError:
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(packed).decode()}"


def _pages(handed: Handed) -> list[Handed]:
    """Return the pages of a PDF or a TIFF, or a picture as it is."""
    if not is_document(handed.content):
        return [handed]
    every: list[Handed] = []
    try:
        for number, page in enumerate(pages_of(handed.content), start=1):
            name = f"{handed.name}, page {number}"
            if number > MOST_PAGES:
                return [*every, Handed(name, b"", _TOO_MANY)]
            every.append(_page(name, page))
    except InkreadError as error:
        return [Handed(handed.name, b"", error)]
    return every


def _page(name: str, page: Page) -> Handed:
    if isinstance(page, PictureError):
        return Handed(name, b"", page)
    return Handed(name, encode_png(np.divide(page, 255, dtype=np.float32)))

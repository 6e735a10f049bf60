"""The way of a picture: picture → grey → ink → probabilities → reading. Start reading here."""

import math
import os
from collections.abc import Iterable, Iterator
from copy import copy
from itertools import groupby
from operator import index
from pathlib import Path
from typing import Literal, SupportsIndex, overload

import cv2
import numpy as np

from inkread.documents import is_document, pages_of
from inkread.engine import Engine, digit_engine, page_engine
from inkread.errors import (
    BlankPicture,
    InkreadError,
    MissingExtra,
    PictureError,
    SettingsError,
    UnreadablePicture,
)
from inkread.fit import Known
from inkread.ink import CANVAS_PX, MOST_VERSIONS, Ink, frame, framed_already, moved
from inkread.naming import Calibration
from inkread.page import PageReader, placed
from inkread.paper import extract
from inkread.picture import Picture, is_one, load_grey, load_page
from inkread.readings import Box, DigitReading, PageReading, Verdict

THRESHOLD = 0.5
NO_DIGIT = 0.2  # probability that ink is no digit, over which it is refused as none
_SURE_OF_TWO = 0.5  # probability of a number of two digits that may be the strokes of a letter
_SURE_NUMBER = 0.8  # probability of a number, one of several, that shows that there are some
_PATCH_PX = 5  # taken away to see what it decided


class Reader:
    """Reads handwritten digits. Load one and keep it: it may be used from many threads."""

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        threshold: float = THRESHOLD,
        versions: int = 1,
        threads: int = 1,
    ) -> None:
        """Load the network.

        Args:
            model: an ONNX file of your own; the bundled network when None.
            threshold: the least confidence, 0–1, that makes the verdict `digit`; with less it is
                `unsure`.
            versions: 1–5; more than one reads the ink slightly moved as well, and averages.
            threads: that the networks may use in one reading.

        Raises:
            ModelError: the model cannot be used.
            SettingsError: the threshold or the versions are out of range.
        """
        self._threshold, self._versions = _checked(threshold, versions)
        self._threads = threads
        self._engine = (
            digit_engine(threads) if model is None else Engine(Path(model), threads=threads)
        )

    def tuned(self, *, threshold: float | None = None, versions: int | None = None) -> "Reader":
        """Return a reader with the same network, loaded once, and other settings.

        Args:
            threshold: as for `Reader`; that of this reader when None.
            versions: as for `Reader`; those of this reader when None.

        Raises:
            SettingsError: the threshold or the versions are out of range.
        """
        other = copy(self)
        other._threshold, other._versions = _checked(  # noqa: SLF001  # it is one of us
            self._threshold if threshold is None else threshold,
            self._versions if versions is None else versions,
        )
        return other

    def read_digit(self, picture: Picture) -> DigitReading:
        """Read a picture of one digit, dark on light or light on dark, anywhere in the picture.

        Args:
            picture: a path, the bytes of a file, a PIL image, or a uint8 array of shape
                (height, width), (height, width, 3) RGB or (height, width, 4) RGBA. Of a file of
                several pictures the first is read.

        Returns:
            The reading; its verdict is `blank` where the picture has no ink.

        Raises:
            PictureError: the picture cannot be read.
            MissingExtra: a HEIC picture, and the extra `heic` is not installed.
        """
        return self._readings([_ink(picture)])[0]

    @overload
    def read_digits(
        self, pictures: Iterable[Picture], *, return_errors: Literal[False] = False
    ) -> list[DigitReading]: ...

    @overload
    def read_digits(
        self, pictures: Iterable[Picture], *, return_errors: Literal[True]
    ) -> list[DigitReading | InkreadError]: ...

    def read_digits(
        self, pictures: Iterable[Picture], *, return_errors: bool = False
    ) -> list[DigitReading] | list[DigitReading | InkreadError]:
        """Read many pictures of one digit each, in batches.

        Args:
            pictures: as for `read_digit`.
            return_errors: put the error in the place of a picture that cannot be read, and
                read the others.

        Returns:
            One reading a picture, in their order.

        Raises:
            InkreadError: a picture cannot be read, unless errors are returned.
        """
        _check_many(pictures, "read_digit")
        inks: list[Ink | InkreadError] = []
        for ink in _inks(pictures):
            if isinstance(ink, InkreadError) and not return_errors:
                raise ink
            inks.append(ink)
        readings = iter(self._readings([ink for ink in inks if not isinstance(ink, InkreadError)]))
        return [ink if isinstance(ink, InkreadError) else next(readings) for ink in inks]

    def read(self, picture: Picture, *, drawn: bool = False) -> DigitReading | PageReading:
        """Read a picture of whatever it is: of one digit, or of numbers.

        Args:
            picture: as for `read_digit`.
            drawn: as for `read_page`.

        Returns:
            A page where it shows more than one digit, and is surer of them than it would be of
            a single one; else a digit. The strokes of a letter may pass for two digits, as those
            of an H for 11: of two it has to be sure, where the whole looks like no digit. A column
            of numbers may pass for a 1: of several that are sure one has to be right.

        Raises:
            PictureError, MissingExtra, ModelError: as `read_digit` and `read_page` do.
        """
        digit = self.read_digit(picture)
        page = self.read_page(picture, drawn=drawn)
        return page if _shows_more(page, digit) else digit

    def read_page(
        self,
        picture: Picture,
        *,
        pattern: str | None = None,
        length: int | None = None,
        allowed: Iterable[str] | None = None,
        drawn: bool = False,
    ) -> PageReading:
        r"""Read all numbers in a picture: on a page, in a field, on a canvas.

        The picture may lie on its side or upside down: then it is turned, if that reads surer.

        Args:
            picture: as for `read_digit`.
            pattern: a regular expression that the whole text of each number matches, as `\d{8}`.
            length: of each number, digits.
            allowed: the only numbers there can be.
            drawn: whether it is a drawing on a pad: upright, and no digit under 20 px high.

        Returns:
            The numbers in reading order; those that cannot be what the caller knows of them
            have the verdict `no_fit` and no text. Which way up the page is does not depend on it.

        Raises:
            PictureError: the picture cannot be read.
            SettingsError: the pattern is none that can be matched, or takes too long; the length is
                under 1; or what is allowed is no list of digits.
            MissingExtra: a HEIC picture, and the extra `heic` is not installed.
            ModelError: the networks that read pages cannot be loaded.
        """
        return self._read_page(picture, Known.of(pattern, length, allowed), drawn=drawn)

    def _read_page(self, picture: Picture, known: Known | None, *, drawn: bool) -> PageReading:
        grey, width, height = load_page(picture)
        engine = page_engine(self._threads)
        calibration = Calibration(**engine.calibration)
        reader = PageReader(engine, calibration, self._threshold, known, drawn)
        lines, turned = reader.read(grey)
        across, down = width / grey.shape[1], height / grey.shape[0]

        def scaled(box: Box) -> Box:
            return Box(box[0] * across, box[1] * down, box[2] * across, box[3] * down)

        return PageReading(tuple(placed(each, scaled) for each in lines), width, height, turned)

    def read_pages(
        self,
        pictures: Iterable[Picture],
        *,
        pattern: str | None = None,
        length: int | None = None,
        allowed: Iterable[str] | None = None,
    ) -> Iterator[PageReading | InkreadError]:
        """Read the numbers in many pictures, one after the other, as `read_page` does.

        Args:
            pictures: as for `read_page`; or PDFs and TIFFs, whose pages follow each other.
            pattern: as for `read_page`.
            length: as for `read_page`.
            allowed: as for `read_page`.

        Returns:
            For each picture, in their order, the page, or the error where it cannot be read.

        Raises:
            UnreadablePicture: one picture was given, instead of many.
            SettingsError: what is known is none that a number can fit, or takes too long.
        """
        _check_many(pictures, "read_page")
        return self._pages_read(pictures, Known.of(pattern, length, allowed))

    def _pages_read(
        self, pictures: Iterable[Picture], known: Known | None
    ) -> Iterator[PageReading | InkreadError]:
        for page in (page for picture in pictures for page in _pages(picture)):
            if isinstance(page, InkreadError):
                yield page
                continue
            try:
                yield self._read_page(page, copy(known), drawn=False)
            except (PictureError, MissingExtra) as error:
                yield error

    def evidence(self, reading: DigitReading) -> Ink:
        """Find out which ink decided: where it is taken away, how much confidence is lost.

        Args:
            reading: of a single digit, by this reader.

        Returns:
            Shape (28, 28), float32: the loss of confidence in `best`, −1 to 1, where a patch of
            5×5 pixels around each pixel is paper instead; negative where the confidence grows.

        Source:
            Zeiler & Fergus, "Visualizing and understanding convolutional networks", 2014.
        """
        losses = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
        if reading.best is None:
            return losses
        near = cv2.dilate((reading.ink > 0).astype(np.uint8), np.ones((_PATCH_PX,) * 2, np.uint8))
        places = np.argwhere(near)
        half = _PATCH_PX // 2
        occluded = np.repeat(reading.ink[None], len(places), axis=0)
        for ink, (row, column) in zip(occluded, places, strict=True):
            ink[max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1] = 0
        left = self._probabilities(occluded)[:, reading.best]
        whole = self._probabilities(reading.ink[None])[0, reading.best]
        losses[tuple(places.T)] = whole - left
        return losses

    def _readings(self, inks: list[Ink]) -> list[DigitReading]:
        if not inks:
            return []
        rows = self._probabilities(np.stack(inks)).tolist()
        return [self._reading(ink, row) for ink, row in zip(inks, rows, strict=True)]

    def _probabilities(self, inks: Ink) -> np.ndarray:
        """Return the probabilities of each digit, and of none, averaged over the versions."""
        table = self._engine.probabilities(inks)
        for version in range(1, self._versions):
            table += self._engine.probabilities(moved(inks, version))
        return table / self._versions

    def _reading(self, ink: Ink, row: list[float]) -> DigitReading:
        if not ink.any():
            return DigitReading(None, None, 0.0, "blank", (0.0,) * 10, ink)
        *digits, no_digit = row
        confidence = max(digits)
        best = digits.index(confidence)
        whole = sum(digits) or 1
        probabilities = tuple(each / whole for each in digits)
        verdict: Verdict = "digit"
        if no_digit > NO_DIGIT:
            verdict = "not_a_digit"
        elif confidence < self._threshold:
            verdict = "unsure"
        digit = best if verdict == "digit" else None
        return DigitReading(digit, best, confidence, verdict, probabilities, ink)


def _shows_more(page: PageReading, digit: DigitReading) -> bool:
    """Tell whether a picture shows more than one digit, by what it was read as either way."""
    count = sum(len(line.digits) for line in page.lines)
    if count == 2 and digit.verdict == "not_a_digit":
        return page.confidence > max(digit.confidence, _SURE_OF_TWO)
    sure = [line for line in page.lines if line.confidence > _SURE_NUMBER]
    if sum(len(line.digits) for line in sure) > 1:
        some_right = 1 - math.prod(1 - line.confidence for line in sure)
        return max(page.confidence, some_right) > digit.confidence
    return count > 1 and page.confidence > digit.confidence


def _checked(threshold: float, versions: object) -> tuple[float, int]:
    if not 0 <= threshold <= 1:
        raise SettingsError(f"threshold needs a number from 0 to 1, got: {threshold}")
    if not isinstance(versions, SupportsIndex) or versions not in range(1, MOST_VERSIONS + 1):
        raise SettingsError(
            f"versions needs a whole number from 1 to {MOST_VERSIONS}, got: {versions}"
        )
    return threshold, index(versions)


def _check_many(pictures: object, of_one: str) -> None:
    """Raise where one picture was given instead of many."""
    if is_one(pictures):
        raise UnreadablePicture("needs a list of pictures, got one", hint=f"use {of_one}")


def _pages(picture: Picture) -> Iterator[Picture | InkreadError]:
    """Yield the pages of a PDF or TIFF, or what is wrong with them; any other picture as it is."""
    if not is_document(picture):
        yield picture
        return
    try:
        yield from pages_of(picture)
    except (PictureError, MissingExtra) as error:
        yield error


def _inks(pictures: Iterable[Picture]) -> Iterator[Ink | InkreadError]:
    """Find the ink of each picture, or why it has none; 28×28 arrays are looked at together."""
    for are_canvases, run in groupby(pictures, _is_canvas):
        find = _inks_of_canvases if are_canvases else _inks_one_by_one
        yield from find(run)


def _is_canvas(picture: Picture) -> bool:
    return (
        isinstance(picture, np.ndarray)
        and picture.shape == (CANVAS_PX, CANVAS_PX)
        and picture.dtype == np.uint8
    )


def _inks_of_canvases(pictures: Iterable[Picture]) -> Iterator[Ink]:
    greys = [np.asarray(picture, dtype=np.uint8) for picture in pictures]
    for grey, is_framed in zip(greys, framed_already(np.stack(greys)), strict=True):
        yield _read_only(np.divide(grey, 255, dtype=np.float32)) if is_framed else _ink(grey)


def _inks_one_by_one(pictures: Iterable[Picture]) -> Iterator[Ink | InkreadError]:
    for picture in pictures:
        try:
            yield _ink(picture)
        except InkreadError as error:
            yield error


def _ink(picture: Picture) -> Ink:
    """Return the ink of a picture; all paper where it has none."""
    try:
        return _read_only(frame(extract(load_grey(picture))))
    except BlankPicture:
        return _read_only(np.zeros((CANVAS_PX, CANVAS_PX), np.float32))


def _read_only(ink: Ink) -> Ink:
    ink.setflags(write=False)
    return ink

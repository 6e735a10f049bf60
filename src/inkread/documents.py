"""A PDF, or a TIFF of several pages → grey pictures of them. The only file that knows pypdfium2."""

import os
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeGuard

import numpy as np

from inkread.errors import MissingExtra, PictureError, PictureTooLarge, UnreadablePicture
from inkread.picture import MAX_BYTES, Grey, Picture, frames_of, load_page

LONGEST_SIDE_PX = 2_200  # of a page of a PDF: A4 at about 190 dots an inch
MOST_DAMAGED = 20  # pages in a row: of the rest, which may be said to be millions, none is tried
_PDF = b"%PDF"
_TIFF = (b"II*\0", b"MM\0*")
_ONE_AT_A_TIME = threading.Lock()  # PDFium may not be called from two threads at once

Document = str | os.PathLike[str] | bytes | bytearray | memoryview
Page = Grey | PictureError


def is_document(picture: Picture) -> TypeGuard[Document]:
    """Tell whether a path or bytes are of a PDF, or of a TIFF of more than one page.

    A file that cannot be opened is none.
    """
    if not isinstance(picture, str | os.PathLike | bytes | bytearray | memoryview):
        return False
    try:
        mark = _content(picture, len(_PDF))
        return mark == _PDF or (mark in _TIFF and _has_more(_content(picture)))
    except (OSError, ValueError):
        return False


def pages_of(document: Document) -> Iterator[Page]:
    """Open the pages of a PDF or of a TIFF, one after the other.

    Args:
        document: a path, or the bytes of a file.

    Returns:
        Each of shape (height, width), uint8, those of a PDF with a longer side of LONGEST_SIDE_PX;
        or what is wrong with a page. After MOST_DAMAGED of these in a row it ends.

    Raises:
        PictureError: the file is damaged, too large or needs a password.
        MissingExtra: a PDF, and the extra `pdf` is not installed.
    """
    name = "" if isinstance(document, bytes | bytearray | memoryview) else f": {document}"
    data = _content(document)
    if len(data) > MAX_BYTES:
        raise PictureTooLarge(f"needs a file of at most {MAX_BYTES // 1_000_000} MB{name}")
    kind, pages = ("PDF", _of_pdf) if data.startswith(_PDF) else ("TIFF", _of_tiff)
    damaged = 0
    for page in pages(data, name):
        if damaged == MOST_DAMAGED:
            last = f"{damaged} pages in a row are damaged"
            yield UnreadablePicture(f"the rest of the {kind} is not read: {last}{name}")
            return
        damaged = damaged + 1 if isinstance(page, PictureError) else 0
        yield page


def _of_pdf(data: bytes, name: str) -> Iterator[Page]:
    try:
        import pypdfium2
    except ImportError:
        raise MissingExtra("reading PDF", extra="pdf", about=name) from None
    try:
        with _ONE_AT_A_TIME:
            pdf = pypdfium2.PdfDocument(data)
            count = len(pdf)
    except pypdfium2.PdfiumError:
        raise UnreadablePicture(
            f"the PDF is damaged or needs a password{name}", hint="save it once more, without one"
        ) from None
    try:
        for number in range(count):
            try:
                with _ONE_AT_A_TIME:
                    page = pdf[number]
                    zoom = LONGEST_SIDE_PX / max(page.get_size())
                    rendered = page.render(scale=zoom, grayscale=True).to_numpy().copy()
            except pypdfium2.PdfiumError:
                yield UnreadablePicture(f"page {number + 1} of the PDF is damaged{name}")
            else:
                yield np.asarray(rendered, np.uint8).reshape(rendered.shape[:2])
    finally:
        with _ONE_AT_A_TIME:
            pdf.close()


def _of_tiff(data: bytes, name: str) -> Iterator[Page]:
    number = 0
    try:
        for number, frame in enumerate(frames_of(data), start=1):
            try:
                yield load_page(frame)[0]
            except PictureTooLarge as error:
                yield PictureTooLarge(f"{error.message}, page {number}{name}")
            except UnreadablePicture:
                yield UnreadablePicture(f"page {number} of the TIFF is damaged{name}")
    except UnreadablePicture:
        what = "the rest of the TIFF" if number else "the TIFF"
        yield UnreadablePicture(f"{what} is damaged or cut off{name}")


def _has_more(tiff: bytes) -> bool:
    """Tell whether a TIFF has more than one page, or says so."""
    try:
        return len(list(islice(frames_of(tiff), 2))) > 1
    except UnreadablePicture:
        return True


def _content(document: Document, most: int = MAX_BYTES + 1) -> bytes:
    if isinstance(document, bytes | bytearray | memoryview):
        return bytes(document[:most])
    with Path(os.fsdecode(document)).open("rb") as file:
        return file.read(most)

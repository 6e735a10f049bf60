"""A PDF → its pages as grey pictures. The only file that knows pypdfium2."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import numpy as np

from inkread.errors import MissingExtra, UnreadablePicture
from inkread.picture import MAX_BYTES, Grey, Picture

LONGEST_SIDE_PX = 2_200  # of a page: A4 at about 190 dots an inch
MOST_DAMAGED = 20  # pages in a row: of the rest, which may be said to be millions, none is tried
_MARK = b"%PDF"
_ONE_AT_A_TIME = threading.Lock()  # PDFium may not be called from two threads at once

Document = str | os.PathLike[str] | bytes | bytearray | memoryview


def is_pdf(picture: Picture) -> TypeGuard[Document]:
    """Tell whether a path or bytes are of a PDF; a file that cannot be opened is none."""
    if isinstance(picture, bytes | bytearray | memoryview):
        return bytes(picture[: len(_MARK)]) == _MARK
    if not isinstance(picture, str | os.PathLike):
        return False
    try:
        with Path(os.fsdecode(picture)).open("rb") as file:
            return file.read(len(_MARK)) == _MARK
    except (OSError, ValueError):
        return False


def pages_of(document: Document) -> Iterator[Grey | UnreadablePicture]:
    """Render the pages of a PDF one after the other.

    Args:
        document: a path, or the bytes of a file.

    Returns:
        Each of shape (height, width), uint8, the longer side LONGEST_SIDE_PX; or what is wrong
        with a page that is damaged. After MOST_DAMAGED of these in a row it ends.

    Raises:
        UnreadablePicture: the PDF is damaged, too large or needs a password.
        MissingExtra: the extra `pdf` is not installed.
    """
    name = "" if isinstance(document, bytes | bytearray | memoryview) else f": {document}"
    data = _content(document, name)
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
    damaged = 0
    try:
        for number in range(count):
            if damaged == MOST_DAMAGED:
                last = f"{damaged} pages in a row are damaged"
                yield UnreadablePicture(f"the rest of the PDF is not read: {last}{name}")
                return
            try:
                with _ONE_AT_A_TIME:
                    page = pdf[number]
                    zoom = LONGEST_SIDE_PX / max(page.get_size())
                    rendered = page.render(scale=zoom, grayscale=True).to_numpy().copy()
            except pypdfium2.PdfiumError:
                damaged += 1
                yield UnreadablePicture(f"page {number + 1} of the PDF is damaged{name}")
            else:
                damaged = 0
                yield np.asarray(rendered, np.uint8).reshape(rendered.shape[:2])
    finally:
        with _ONE_AT_A_TIME:
            pdf.close()


def _content(document: Document, name: str) -> bytes:
    if isinstance(document, bytes | bytearray | memoryview):
        data = bytes(document[: MAX_BYTES + 1])
    else:
        with Path(os.fsdecode(document)).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadablePicture(f"needs a file of at most {MAX_BYTES // 1_000_000} MB{name}")
    return data

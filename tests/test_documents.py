"""PDFs and TIFFs of several pages."""

import io
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from inkread import PageReading, Reader, UnreadablePicture
from inkread.documents import is_document
from tests.drawing import written


@pytest.mark.parametrize("kind", ["pdf", "tiff"])
def test_the_pages_of_a_file_follow_each_other(reader: Reader, tmp_path: Path, kind: str) -> None:
    pictures = [Image.fromarray(written([text], (300, 480))[0]) for text in ("27", "384")]
    path = tmp_path / f"scan.{kind}"
    pictures[0].save(path, save_all=True, append_images=pictures[1:])
    for file in (path, path.read_bytes()):
        pages = list(reader.read_pages([file]))
        assert [each.text for each in pages if isinstance(each, PageReading)] == ["27", "384"]


def tiff_of(*frames: tuple[str, int]) -> bytes:
    """Return a TIFF of written numbers, each frame with what it says it is: 1 for a preview."""
    content = io.BytesIO()
    pages = []
    for text, kind in frames:
        page = Image.fromarray(written([text], (300, 480))[0])
        page.encoderinfo = {"tiffinfo": {ExifTags.Base.NewSubfileType: kind}}
        pages.append(page)
    pages[0].save(content, "TIFF", save_all=True, append_images=pages[1:])
    return content.getvalue()


def test_previews_in_a_tiff_are_no_pages(reader: Reader) -> None:
    scan = tiff_of(("27", 0), ("27", 1), ("384", 2))
    pages = list(reader.read_pages([scan]))
    assert [each.text for each in pages if isinstance(each, PageReading)] == ["27", "384"]
    photo = tiff_of(("27", 0), ("27", 1))
    assert not is_document(photo)
    (page,) = reader.read_pages([photo])
    assert isinstance(page, PageReading)
    assert page.text == "27"


def test_a_tiff_that_was_cut_off_says_so(reader: Reader) -> None:
    whole, first = tiff_of(("27", 0), ("384", 0)), len(tiff_of(("27", 0)))
    for length, said in (
        (len(whole) - 100_000, "page 2 of the TIFF is damaged"),
        (first + 20, "the rest of the TIFF is damaged or cut off"),
    ):
        page, error = reader.read_pages([whole[:length]])
        assert isinstance(page, PageReading)
        assert page.text == "27"
        assert str(error) == said
    (error,) = reader.read_pages([whole[:20]])
    assert str(error) == "the TIFF is damaged or cut off"


def test_a_damaged_page_leaves_the_others_be(reader: Reader) -> None:
    pictures = [Image.fromarray(written([text], (300, 480))[0]) for text in ("27", "384", "5")]
    content = io.BytesIO()
    pictures[0].save(content, "PDF", save_all=True, append_images=pictures[1:])
    first, second, third = content.getvalue().split(b"/Type /Page\n", 2)
    damaged = first + b"/Type /Page\n" + second + b"/Type /Nope\n" + third
    pages = list(reader.read_pages([damaged]))
    assert [each.text for each in pages if isinstance(each, PageReading)] == ["27", "5"]
    assert isinstance(pages[1], UnreadablePicture)
    assert pages[1].message == "page 2 of the PDF is damaged"


def test_a_pdf_that_says_it_has_more_pages_ends(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkread.documents.MOST_DAMAGED", 3)
    content = io.BytesIO()
    Image.fromarray(written(["27"], (300, 480))[0]).save(content, "PDF")
    first, *others = reader.read_pages([content.getvalue().replace(b"/Count 1", b"/Count 9")])
    assert isinstance(first, PageReading)
    assert len(others) == 4
    assert str(others[-1]) == "the rest of the PDF is not read: 3 pages in a row are damaged"


def test_a_damaged_pdf_is_refused(reader: Reader) -> None:
    (error,) = reader.read_pages([b"%PDF-1.7 cut off"])
    assert isinstance(error, UnreadablePicture)
    assert error.message == "the PDF is damaged or needs a password"

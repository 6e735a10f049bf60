"""Data files: found, fetched from a publisher on this machine, and checked."""

import gzip
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkread import DataError
from inkread.data import catalogue
from inkread.data.files import DataFile, content, fetch, place, sha256

CUT_OFF = "Compressed file ended before the end-of-stream marker was reached"
SMALL = DataFile("small/digits", sha256(b"some digits"))
BY_HAND = "put the files into FOLDER and set INKREAD_DATA=FOLDER"


@pytest.mark.parametrize("name", ["digits", "digits.gz"])
def test_a_file_is_found_packed_or_not(tmp_path: Path, name: str) -> None:
    path = tmp_path / "small" / name
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b"some digits") if name.endswith(".gz") else b"some digits")
    assert place(SMALL, tmp_path) == path
    assert content(SMALL, tmp_path) == b"some digits"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        content(SMALL, tmp_path)
    assert caught.value.message == f"no such file: {tmp_path}/small/digits.gz"
    assert caught.value.hint == "unset INKREAD_DATA to fetch the data instead"


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (b"not gzip", "cannot read the data, Not a gzipped file (b'no'): "),
        (gzip.compress(b"other digits"), "not the published file, its SHA-256 differs: "),
        (gzip.compress(b"cut off")[:-9], f"cannot read the data, {CUT_OFF}: "),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, packed: bytes, message: str) -> None:
    path = tmp_path / "small" / "digits.gz"
    path.parent.mkdir()
    path.write_bytes(packed)
    with pytest.raises(DataError) as caught:
        content(SMALL, tmp_path)
    assert caught.value.message == f"{message}{path}"


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    """A server on this machine that gives out a folder, and an empty cache to fetch into."""
    folder = tmp_path / "published"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", folder
        server.shutdown()


def test_a_file_is_fetched_once(publisher: tuple[str, Path]) -> None:
    url, folder = publisher
    (folder / "digits.gz").write_bytes(gzip.compress(b"some digits"))
    file = replace(SMALL, url=url + "digits.gz")
    assert content(file, None) == b"some digits"
    (folder / "digits.gz").unlink()
    assert content(file, None) == b"some digits"


def test_what_was_fetched_is_checked_and_not_kept(publisher: tuple[str, Path]) -> None:
    url, folder = publisher
    (folder / "digits.gz").write_bytes(gzip.compress(b"something else"))
    file = replace(SMALL, url=url + "digits.gz")
    with pytest.raises(DataError) as caught:
        content(file, None)
    assert caught.value.message == f"not the published file, its SHA-256 differs: {file.url}"
    assert place(file, None) is None


def test_a_publisher_that_does_not_answer_is_named(publisher: tuple[str, Path]) -> None:
    file = replace(SMALL, url=publisher[0] + "digits.gz")
    with pytest.raises(DataError, match=r"^cannot fetch .*digits.gz: 404") as caught:
        fetch(file)
    assert caught.value.hint == BY_HAND


def test_a_file_that_nobody_publishes_has_to_be_got_by_hand() -> None:
    with pytest.raises(DataError) as caught:
        fetch(SMALL)
    assert (caught.value.message, caught.value.hint) == (
        "has to be got by hand: small/digits",
        BY_HAND,
    )


def lzw(raw: bytes) -> bytes:
    """Pack a few bytes as Unix `compress` does: a code of nine bits each."""
    bits = sum(code << (9 * index) for index, code in enumerate(raw))
    return b"\x1f\x9d\x90" + bits.to_bytes((9 * len(raw) + 7) // 8, "little")


def test_what_unix_compress_packed_is_unpacked() -> None:
    assert catalogue.PENDIGITS.unpack(lzw(b"0 1 1 2 3 5")) == b"0 1 1 2 3 5"


def test_the_header_of_optdigits_becomes_a_count() -> None:
    digit = (b"01" * 16 + b"\n") * 32 + b" 7\n"
    raw = b"entries 2\nwidth 32\n\n" + digit + digit
    assert catalogue.without_header(raw) == b"2\n" + digit + digit


def test_omniglot_is_taken_out_of_its_archive() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name in ("Greek/character01/0394_01", "Braille/character01/0001_01"):
            png = cv2.imencode(".png", np.full((105, 105), 255, np.uint8))[1].tobytes()
            archive.writestr(f"images_background/{name}.png", png)
    packed = catalogue.OMNIGLOT.unpack(raw.getvalue())
    with np.load(io.BytesIO(packed)) as file:
        assert file["labels"].tolist() == ["Greek/character01"]
        assert file["images"].shape == (1, 105, 105)


def test_omniglot_is_known_whatever_its_order(data: Path) -> None:
    file = catalogue.OMNIGLOT
    raw = (data / file.name).read_bytes()
    with np.load(io.BytesIO(raw)) as known:
        images, labels = known["images"], known["labels"]
    turned = io.BytesIO()
    np.savez(turned, images=images[::-1], labels=labels[::-1])
    assert file.digest_of(turned.getvalue()) == file.digest
    images[0, 50, 50] ^= 255
    changed = io.BytesIO()
    np.savez(changed, images=images, labels=labels)
    assert file.digest_of(changed.getvalue()) != file.digest

import gzip
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from inkread import DataError
from inkread.data.mnist import MNIST_FILES, IdxFile, load_mnist

CUT_OFF = "Compressed file ended before the end-of-stream marker was reached"


@pytest.mark.parametrize(("split", "count"), [("train", 60_000), ("test", 10_000)])
def test_mnist_is_loaded_from_a_folder(data: Path, split: str, count: int) -> None:
    digits = load_mnist(split, data)
    assert len(digits) == count
    assert digits.pictures.shape == (count, 28, 28)
    assert np.bincount(digits.labels).min() > 0.08 * count


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_mnist("test", tmp_path)
    assert caught.value.message == f"no such file: {tmp_path}/mnist/t10k-images-idx3-ubyte.gz"
    assert caught.value.hint == "unset INKREAD_DATA to fetch the data instead"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip", "cannot read the training data, Not a gzipped file (b'no'): "),
        (gzip.compress(b"other digits"), "not the published file, its SHA-256 differs: "),
        (gzip.compress(b"cut off")[:-9], f"cannot read the training data, {CUT_OFF}: "),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_mnist("test", tmp_path)
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


def publish(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a small data set in MNIST's format, and expect its checksums."""
    contents = {"images": bytes(16) + bytes(range(196)) * 8, "labels": bytes(8) + b"\7\2"}
    for kind, content in contents.items():
        packed = gzip.compress(content)
        name = f"small-{kind}.gz"
        (folder / name).write_bytes(packed)
        sums = (hashlib.sha256(packed).hexdigest(), hashlib.sha256(content).hexdigest())
        monkeypatch.setitem(MNIST_FILES, ("test", kind), IdxFile(name, *sums))


def test_the_data_is_fetched_once(
    publisher: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, folder = publisher
    publish(folder, monkeypatch)
    assert load_mnist("test", url=url).labels.tolist() == [7, 2]
    for path in folder.iterdir():
        path.unlink()
    assert load_mnist("test", url=url).pictures.shape == (2, 28, 28)


def test_what_was_fetched_is_checked(
    publisher: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, folder = publisher
    publish(folder, monkeypatch)
    (folder / "small-images.gz").write_bytes(gzip.compress(b"something else"))
    with pytest.raises(DataError, match=r"^cannot fetch .*small-images.gz: SHA256 hash") as caught:
        load_mnist("test", url=url)
    assert caught.value.hint == "put the files into FOLDER/mnist and set INKREAD_DATA=FOLDER"


def test_a_publisher_that_does_not_answer_is_named(
    publisher: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, folder = publisher
    publish(folder, monkeypatch)
    (folder / "small-images.gz").unlink()
    with pytest.raises(DataError, match=r"^cannot fetch .*small-images.gz: 404"):
        load_mnist("test", url=url)

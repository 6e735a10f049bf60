"""MNIST, from a folder of one's own, or fetched once with checksums."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pooch
from numpy.typing import NDArray

from inkread.data.digits import Digits
from inkread.errors import DataError

MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"


@dataclass(frozen=True)
class IdxFile:
    """One file of MNIST: its SHA-256 as published and once decompressed."""

    name: str
    sha256: str
    sha256_decompressed: str


MNIST_FILES = {
    ("train", "images"): IdxFile(
        "train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    ("train", "labels"): IdxFile(
        "train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    ("test", "images"): IdxFile(
        "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    ("test", "labels"): IdxFile(
        "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


def load_mnist(split: str, folder: Path | None = None, url: str = MNIST_URL) -> Digits:
    """Load MNIST's `train` (60,000) or `test` (10,000) split.

    Args:
        split: `train` or `test`.
        folder: holds `mnist/` with the four idx files; without it they are fetched once
            into the user's cache.
        url: where they are fetched from.

    Raises:
        DataError: a file is missing, cannot be fetched, or is not the published one.

    Source:
        LeCun, Cortes & Burges, "The MNIST database of handwritten digits".
    """
    pictures = _idx(MNIST_FILES[split, "images"], folder, url)
    labels = _idx(MNIST_FILES[split, "labels"], folder, url)
    return Digits(pictures[16:].reshape(-1, 28, 28), labels[8:].astype(np.int64))


def _idx(file: IdxFile, folder: Path | None, url: str) -> NDArray[np.uint8]:
    path = folder / "mnist" / file.name if folder else _fetch(file, url)
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DataError(
            f"no such file: {path}", hint="unset INKREAD_DATA to fetch the data instead"
        ) from None
    except (OSError, EOFError) as error:
        raise DataError(f"cannot read the training data, {error}: {path}") from None
    if hashlib.sha256(content).hexdigest() != file.sha256_decompressed:
        raise DataError(
            f"not the published file, its SHA-256 differs: {path}", hint="fetch it once more"
        )
    return np.frombuffer(content, np.uint8)


def _fetch(file: IdxFile, url: str) -> Path:
    try:
        return Path(
            pooch.retrieve(
                url + file.name,
                known_hash=f"sha256:{file.sha256}",
                fname=file.name,
                path=pooch.os_cache("inkread") / "mnist",
            )
        )
    except (OSError, ValueError) as error:
        raise DataError(
            f"cannot fetch {url}{file.name}: {error}",
            hint="put the files into FOLDER/mnist and set INKREAD_DATA=FOLDER",
        ) from None

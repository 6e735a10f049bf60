"""The files of the data sets: fetched once, and checked to be the published ones.

In a folder of one's own they lie by their names, packed with gzip or not:
`FOLDER/mnist/train-images-idx3-ubyte.gz`. Without one they are kept in the user's cache.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import cast
from zipfile import BadZipFile

from inkread.errors import DataError, MissingExtra

BY_HAND = "put the files into FOLDER and set INKREAD_DATA=FOLDER"


def sha256(raw: bytes) -> str:
    """Return the SHA-256 of bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Attributes:
        name: its path in the data folder, without `.gz`.
        digest: of its content, as `digest_of` gives it.
        url: where its publisher keeps it; None where it has to be got by hand.
        unpack: turns the publisher's bytes into the content.
        digest_of: a digest of the content.
    """

    name: str
    digest: str
    url: str | None = None
    unpack: Callable[[bytes], bytes] = gzip.decompress
    digest_of: Callable[[bytes], str] = sha256


def content(file: DataFile, folder: Path | None) -> bytes:
    """Return a file's content, decompressed and checked.

    Args:
        file: of the catalogue.
        folder: the data folder; the user's cache when None, into which the file is fetched.

    Raises:
        DataError: the file is missing, cannot be fetched, or is not the published one.
    """
    path = place(file, folder)
    if path is None and folder is not None:
        raise DataError(
            f"no such file: {folder / file.name}.gz",
            hint="unset INKREAD_DATA to fetch the data instead",
        )
    path = path or fetch(file)
    return _checked(file, _read(path), path)


def place(file: DataFile, folder: Path | None) -> Path | None:
    """Return where a file lies in the data folder or the cache; None where it does not."""
    if folder is None and find_spec("pooch") is None:
        return None  # nothing was ever fetched
    base = cache() if folder is None else folder
    candidates = (base / f"{file.name}.gz", base / file.name)
    return next((path for path in candidates if path.is_file()), None)


def cache() -> Path:
    """Return the folder that fetched files are kept in."""
    return Path(_pooch().os_cache("inkread"))


def fetch(file: DataFile) -> Path:
    """Fetch a file from its publisher into the cache, checked, and return where it lies.

    Raises:
        DataError: it cannot be fetched, or is not the published one.
    """
    if file.url is None:
        raise DataError(f"has to be got by hand: {file.name}", hint=BY_HAND)
    pooch = _pooch()
    target = cache() / f"{file.name}.gz"
    download = target.with_suffix(".download")
    pooch.get_logger().setLevel("WARNING")  # it would give advice on checksums
    try:
        pooch.retrieve(file.url, known_hash=None, fname=download.name, path=download.parent)
        raw = _checked(file, file.unpack(download.read_bytes()), file.url)
        target.write_bytes(gzip.compress(raw, mtime=0))
    except (OSError, ValueError, EOFError, KeyError, zlib.error, BadZipFile) as error:
        if (response := getattr(error, "response", None)) is not None:
            response.close()  # requests leaves the connection of a refusal open
        raise DataError(f"cannot fetch {file.url}: {error}", hint=BY_HAND) from None
    finally:
        download.unlink(missing_ok=True)
    return target


def _pooch() -> ModuleType:
    try:
        import pooch
    except ModuleNotFoundError:
        raise MissingExtra("fetching the data", "train") from None
    return cast("ModuleType", pooch)


def _read(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot read the data, {error}: {path}") from None


def _checked(file: DataFile, raw: bytes, where: object) -> bytes:
    try:
        same = file.digest_of(raw) == file.digest
    except (ValueError, KeyError, OSError, EOFError, BadZipFile):
        same = False
    if not same:
        raise DataError(
            f"not the published file, its SHA-256 differs: {where}", hint="fetch it once more"
        )
    return raw

"""The formats that labelled pictures come in: folders of pictures, idx, npz and CSV."""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from inkread.data.digits import NOT_A_DIGIT
from inkread.data.labelled import NOT_A_DIGIT_NAME, LabelledSet, labels_of, rows
from inkread.errors import DataError

Split = Literal["train", "test"]

# The names that a part for testing or training goes by, in files, folders and arrays.
PARTS: dict[Split, tuple[str, ...]] = {
    "train": ("train", "training"),
    "test": ("test", "testing", "t10k"),
}
PICTURE_ARRAYS = ("images", "pictures", "image", "picture", "x", "data", "inputs", "digits")
LABEL_ARRAYS = ("labels", "label", "y", "target", "targets", "classes")
LABEL_COLUMNS = ("label", "labels", "digit", "class", "target", "y")
LABELLED_FORMS = (
    "a folder of folders 0 to 9, idx files, an .npz with images and labels, or a CSV file"
)
_NO_PICTURES = {"thumbs.db", "desktop.ini"}
# What NumPy and zipfile raise where a file is damaged.
DAMAGE = (
    OSError, ValueError, TypeError, AttributeError, EOFError, MemoryError, SyntaxError,
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError,
)  # fmt: skip
_IDX_PICTURES = re.compile(r"images([-.]idx3[-.]ubyte)(\.gz)?$")


def read_folder(folder: Path, split: Split) -> LabelledSet:
    """Read a folder with a folder of pictures for each digit, or with a pair of idx files.

    Raises:
        DataError: it has neither, or no pictures.
    """
    if names := labels_of(path.name for path in _listed(folder) if path.is_dir()):
        return _read_tree(folder, names)
    for part in PARTS[split]:
        if (folder / part).is_dir():
            return read_folder(folder / part, split)
    found = [path for path in _listed(folder) if _IDX_PICTURES.search(path.name)]
    if not found:
        raise DataError(
            f"needs folders named 0 to 9, or idx files, got neither: {folder}",
            hint=f"labelled pictures are {LABELLED_FORMS}",
        )
    return read_idx(_of_split(found, split))


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise DataError(f"cannot read the folder, {error.strerror}: {folder}") from None


def _read_tree(folder: Path, names: dict[str, int]) -> LabelledSet:
    found = [
        (path, label)
        for name, label in sorted(names.items(), key=lambda each: each[1])
        for path in sorted((folder / name).rglob("*"))
        if path.is_file() and not _is_no_picture(path)
    ]
    if not found:
        raise DataError(f"needs labelled pictures, got empty folders: {folder}")
    paths = [path for path, _ in found]
    labels = np.array([label for _, label in found], np.int64)
    ids = tuple(path.relative_to(folder).as_posix() for path in paths)
    return LabelledSet(folder.resolve().name, paths, labels, ids)


def _is_no_picture(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower() in _NO_PICTURES


def _of_split(found: list[Path], split: Split) -> Path:
    """Return the file whose name says that it is of this part, or else the first."""
    named = [path for path in found if any(part in path.name for part in PARTS[split])]
    return (named or found)[0]


def read_idx(pictures: Path) -> LabelledSet:
    """Read a file `…-images-idx3-ubyte`, or `.gz`, with its file of labels beside it.

    Raises:
        DataError: a file is missing or damaged, or they do not belong together.

    Source:
        LeCun, Cortes & Burges, "The MNIST database of handwritten digits".
    """
    name = re.sub(r"images([-.])idx3", r"labels\1idx1", pictures.name)
    beside = [pictures.with_name(each) for each in (name, name.removesuffix(".gz"), f"{name}.gz")]
    labels = next((path for path in beside if path.is_file()), None)
    if labels is None or labels == pictures:
        raise DataError(f"needs the labels beside the pictures, no such file: {beside[0]}")
    set_name = re.sub(r"[-_.]?images.*$", "", pictures.name) or pictures.parent.name
    return rows(set_name, _idx(pictures, 3), _idx(labels, 1), pictures)


def _idx(path: Path, axes: int) -> NDArray[np.uint8]:
    content = read_bytes(path)
    head = 4 + 4 * axes
    if content[:4] != bytes((0, 0, 8, axes)) or len(content) < head:
        raise DataError(f"needs an idx file of bytes with {axes} axes, got something else: {path}")
    shape = np.frombuffer(content, ">u4", axes, offset=4).astype(np.int64)
    pixels = np.frombuffer(content, np.uint8, offset=head)
    expected = int(np.prod(shape, dtype=object))
    if pixels.size != expected:
        raise DataError(f"needs {expected:,} bytes of data, got {pixels.size:,}: {path}")
    return pixels.reshape(tuple(shape.tolist()))


def read_npz(path: Path, split: Split) -> LabelledSet:
    """Read an .npz with arrays named as usual: `images` and `labels`, `x_test` and `y_test`.

    Raises:
        DataError: it is damaged, holds Python objects, or has no such arrays.
    """
    with opened_npz(path) as file:
        names = {name.lower(): name for name in file.files}
        pictures = _named(names, PICTURE_ARRAYS, split)
        labels = _named(names, LABEL_ARRAYS, split)
        if pictures is None or labels is None:
            raise DataError(
                "needs arrays of pictures and labels, named like images and labels or "
                f"x_{split} and y_{split}, got {', '.join(file.files) or 'none'}: {path}"
            )
        return rows(path.stem, file[pictures], file[labels], path)


@contextmanager
def opened_npz(path: Path) -> Iterator[NpzFile]:
    """Open an .npz, without ever unpickling Python objects.

    Raises:
        DataError: it is missing or damaged, or an array that is taken from it is.
    """
    content = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)):
            pass  # np.load would take anything else for a pickle
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            yield file
    except DAMAGE as error:
        if "allow_pickle" in str(error):
            raise DataError(f"needs arrays of numbers, got Python objects: {path}") from None
        raise DataError(f"needs an npz file, got something else or a damaged one: {path}") from None


def _named(names: dict[str, str], usual: tuple[str, ...], split: Split) -> str | None:
    """Return the array of a usual name, of the part asked for where there are two."""
    parts = [part for part in PARTS[split] if part != "t10k"]
    candidates = [
        wanted
        for name in usual
        for part in parts
        for wanted in (f"{name}_{part}", f"{part}_{name}", f"{name}{part}")
    ]
    return next((names[each] for each in (*candidates, *usual) if each in names), None)


def read_csv(path: Path) -> LabelledSet:
    """Read a CSV file, or `.csv.gz`: a label and the pixels of a square picture in each line.

    The label, 0 to 9 or `not_a_digit`, is in the column that the head calls `label`, or else in
    the first.

    Raises:
        DataError: a line is not of that form.
    """
    lines = _text(path).splitlines()
    delimiter = _delimiter(lines)
    head = next(csv.reader(lines[:1], delimiter=delimiter), [])
    has_head = not all(_is_number(cell) for cell in head)
    label = _label_column(head, path) if has_head else 0
    lines = [line for line in lines[has_head:] if line.strip()]
    if not lines:
        raise DataError(f"needs labelled pictures, got none: {path}")
    try:
        table = np.loadtxt(
            lines,
            np.float32,
            delimiter=delimiter,
            ndmin=2,
            quotechar='"',
            converters={label: _number},
        )
    except ValueError as error:
        raise DataError(f"needs lines of numbers, {_plainly(error)}: {path}") from None
    if table.shape[1] != len(head):
        wrong = f"needs {len(head)} numbers a line, as in the first, got {table.shape[1]}"
        raise DataError(f"{wrong}: {path}")
    name = path.name.removesuffix(".gz").removesuffix(".csv")
    return rows(name, np.delete(table, label, axis=1), table[:, label], path)


def _text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"needs a CSV file, got something else: {path}") from None


def _delimiter(lines: list[str]) -> str:
    first = lines[0] if lines else ""
    return max(",;\t", key=first.count)


def _label_column(head: list[str], path: Path) -> int:
    names = [cell.strip().lower() for cell in head]
    found = next((names.index(name) for name in LABEL_COLUMNS if name in names), None)
    if found is None:
        raise DataError(
            f"needs a column named label, got {', '.join(head[:3])} and so on: {path}",
            hint="a file without a head has the label in its first column",
        )
    return found


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _number(cell: str) -> float:
    """Read a number, or the label that has a name."""
    return NOT_A_DIGIT if cell.strip() == NOT_A_DIGIT_NAME else float(cell)


def _plainly(error: ValueError) -> str:
    return str(error).splitlines()[0].partition(";")[0].rstrip(".")  # without NumPy's advice


def read_bytes(path: Path) -> bytes:
    """Read a file, decompressed where it is gzipped.

    Raises:
        DataError: it is missing, cannot be read, or is cut off.
    """
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except FileNotFoundError:
        raise DataError(f"no such file: {path}") from None
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "it is damaged or cut off"
        raise DataError(f"cannot read the file, {reason}: {path}") from None

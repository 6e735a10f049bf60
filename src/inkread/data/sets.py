"""Sets of labelled pictures: a person's own, and the checking sets by name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from inkread.data.digits import NOT_A_DIGIT
from inkread.data.formats import (
    LABELLED_FORMS,
    Split,
    numbers,
    opened_npz,
    read_csv,
    read_folder,
    read_idx,
    read_npz,
)
from inkread.data.labelled import LabelledSet, rows
from inkread.errors import DataError

HELD_OUT_ALPHABETS = ("Sanskrit", "Tagalog")


def load_set(path: Path, split: Split = "test") -> LabelledSet:
    """Load a person's own labelled pictures.

    Args:
        path: a folder with a folder of pictures for each digit, 0 to 9 (and `not_a_digit`), or
            with idx files; one idx file of pictures; an .npz; or a CSV file. Any of them may
            be gzipped where that is usual.
        split: the part that is taken where there are both.

    Raises:
        DataError: it is missing, damaged, or none of these.
    """
    path = Path(path)
    if path.is_dir():
        return read_folder(path, split)
    if not path.exists():
        raise DataError(f"no such file or folder: {path}")
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".npz"):
        return read_npz(path, split)
    if name.endswith((".csv", ".tsv", ".txt")):
        return read_csv(path)
    if "idx3" in name:
        return read_idx(path)
    raise DataError(
        f"needs labelled pictures, got something else: {path}", hint=f"they are {LABELLED_FORMS}"
    )


def named_set(name: str, data: Path | None) -> LabelledSet:
    """Load one of the checking sets, in its publisher's own format.

    Args:
        name: one of `CHECKING_SETS`.
        data: the folder that holds them.

    Raises:
        DataError: no such set, no folder, or a file is missing or damaged.
    """
    if name not in CHECKING_SETS:
        raise DataError(
            f"no set of that name: {name}", hint=f"one of: {', '.join(CHECKING_SETS)}; or a path"
        )
    if data is None:
        raise DataError(
            f"the set {name} needs a folder of data", hint="set INKREAD_DATA to that folder"
        )
    return CHECKING_SETS[name](name, data)


def available_sets(data: Path | None) -> tuple[str, ...]:
    """Return the names of the checking sets whose files are in the folder."""
    if data is None:
        return ()
    return tuple(name for name in CHECKING_SETS if (data / FILES[name]).is_file())


FILES = {
    "mnist-test": "mnist/t10k-images-idx3-ubyte.gz",
    "usps-train": "usps/zip.train.gz",
    "usps-test": "usps/zip.test.gz",
    "cvl-even": "cvl/cvl_dev.npz",
    "cvl-odd": "cvl/cvl_dev.npz",
    "omniglot-held-out": "omniglot/omniglot_small.npz",
}


def _mnist(name: str, data: Path) -> LabelledSet:
    found = read_idx(data / FILES[name])
    return LabelledSet(name, found.pictures, found.labels, found.ids)


def _usps(name: str, data: Path) -> LabelledSet:
    path = data / FILES[name]
    lines = list(numbers(path))
    if any(line.shape != (257,) for line in lines):
        raise DataError(f"needs lines of a label and 256 pixels, got other lines: {path}")
    table = np.array(lines, np.float32).reshape(-1, 257)
    return rows(name, table[:, 1:], table[:, 0], path)


def _cvl(name: str, data: Path) -> LabelledSet:
    return _every_second(name, read_npz(data / FILES[name], "test"), name == "cvl-odd")


def _every_second(name: str, found: LabelledSet, first: int) -> LabelledSet:
    half = slice(first, None, 2)
    return LabelledSet(name, found.pictures[half], found.labels[half], found.ids[half])


def _omniglot(name: str, data: Path) -> LabelledSet:
    path = data / FILES[name]
    with opened_npz(path) as file:
        alphabets = np.array([label.partition("/")[0] for label in file["labels"].tolist()])
        held_out = np.flatnonzero(np.isin(alphabets, HELD_OUT_ALPHABETS))
        pictures = file["images"][held_out]
    labels = np.full(len(held_out), NOT_A_DIGIT)
    found = rows(name, pictures, labels, path)
    return LabelledSet(name, found.pictures, found.labels, tuple(map(str, held_out.tolist())))


CHECKING_SETS: dict[str, Callable[[str, Path], LabelledSet]] = {
    "mnist-test": _mnist,
    "usps-train": _usps,
    "usps-test": _usps,
    "cvl-even": _cvl,
    "cvl-odd": _cvl,
    "omniglot-held-out": _omniglot,
}

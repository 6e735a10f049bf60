"""Sets of labelled pictures: a person's own, and the checking sets by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inkread.data.catalogue import CVL, MNIST, OMNIGLOT, USPS
from inkread.data.digits import Digits
from inkread.data.files import DataFile, place
from inkread.data.formats import LABELLED_FORMS, Split, read_csv, read_folder, read_idx, read_npz
from inkread.data.labelled import LabelledSet
from inkread.data.sources import load_cvl, load_mnist, load_omniglot, load_usps
from inkread.errors import DataError


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
        data: the folder that holds them; without it they are fetched once.

    Raises:
        DataError: no such set, or a file is missing or not the published one.
        MissingExtra: it would have to be fetched, and the extra `train` is not installed.
    """
    if name not in CHECKING_SETS:
        raise DataError(
            f"no set of that name: {name}", hint=f"one of: {', '.join(CHECKING_SETS)}; or a path"
        )
    digits = CHECKING_SETS[name].load(data)
    ids = tuple(map(str, range(len(digits))))
    rows = slice(*CHECKING_SETS[name].rows)
    return LabelledSet(name, list(digits.pictures[rows]), digits.labels[rows], ids[rows])


def available_sets(data: Path | None) -> tuple[str, ...]:
    """Return the names of the checking sets whose files are in the folder, or were fetched."""
    return tuple(
        name
        for name, checking in CHECKING_SETS.items()
        if all(place(file, data) for file in checking.files)
    )


@dataclass(frozen=True)
class CheckingSet:
    """A set to check models on.

    Attributes:
        files: that it lies in.
        load: from the data folder.
        rows: start, stop and step of those that belong to it.
    """

    files: tuple[DataFile, ...]
    load: Callable[[Path | None], Digits]
    rows: tuple[int | None, ...] = (None,)


CHECKING_SETS = {
    "mnist-test": CheckingSet(MNIST["test"], partial(load_mnist, "test")),
    "usps-train": CheckingSet(USPS[:1], partial(load_usps, "train")),
    "usps-test": CheckingSet(USPS[1:], partial(load_usps, "test")),
    "cvl-even": CheckingSet((CVL,), load_cvl, (0, None, 2)),
    "cvl-odd": CheckingSet((CVL,), load_cvl, (1, None, 2)),
    "omniglot-held-out": CheckingSet((OMNIGLOT,), partial(load_omniglot, held_out=True)),
}

"""What the commands that read digits share: with which model, and how."""

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

import click

from inkread.data.labelled import LabelledSet
from inkread.data.sets import CHECKING_SETS, load_set, named_set
from inkread.ink import MOST_VERSIONS
from inkread.models.collection import find
from inkread.reader import THRESHOLD, Reader
from inkread.settings import Settings

Command = TypeVar("Command", bound=Callable[..., object])


class How(TypedDict):
    """The options that `reading` adds."""

    threshold: float
    versions: int


model = click.option(
    "--model",
    metavar="NAME",
    help="An imported model, an ONNX file, or `bundled`.  [default: INKREAD_MODEL, or bundled]",
)
data = click.option(
    "--data",
    "sets",
    metavar="SET",
    multiple=True,
    required=True,
    help=f"Labelled pictures: a path, or one of {', '.join(CHECKING_SETS)}.",
)


def reading(command: Command) -> Command:
    """Add the options that say when a reading is sure, and how much work is put into it."""
    command = click.option(
        "--versions",
        default=1,
        show_default=True,
        type=click.IntRange(1, MOST_VERSIONS),
        help="Read the digit slightly moved as well, and average: better, and slower.",
    )(command)
    return click.option(
        "--threshold",
        default=THRESHOLD,
        show_default=True,
        type=click.FloatRange(0, 1),
        help="The least confidence at which a reading is not called unsure.",
    )(command)


def reader_of(model: str | None, settings: Settings, **how: Unpack[How]) -> Reader:
    """Load the reader that the options ask for, or else the settings."""
    return Reader(find(model or settings.model, settings.models), **how)


def labelled_sets(names: tuple[str, ...], settings: Settings) -> list[LabelledSet]:
    """Load the sets that `--data` names; all of them before any is read."""
    return [
        named_set(name, settings.data) if name in CHECKING_SETS else load_set(Path(name))
        for name in names
    ]

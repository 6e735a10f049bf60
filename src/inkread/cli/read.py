"""`inkread read`."""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Unpack

import click

from inkread.cli import options
from inkread.cli.group import complain
from inkread.errors import InkreadError
from inkread.picture import MAX_BYTES
from inkread.reader import DigitReading, Reader
from inkread.settings import Settings

CHUNK = 64  # pictures read at once, so that a long list answers early and takes little memory
STANDARD_INPUT = "-"


@click.command()
@click.argument("pictures", metavar="PICTURE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with all figures.")
@options.model
@options.reading
@click.pass_obj
def read(
    settings: Settings,
    pictures: tuple[str, ...],
    *,
    as_json: bool,
    model: str | None,
    **how: Unpack[options.How],
) -> None:
    """Read the digit in each PICTURE; - reads one from standard input.

    \b
    inkread read seven.png
    inkread read --json *.jpg
    cat seven.png | inkread read -

    Exits with 1 if any picture could not be read; the others are read all the same.
    """  # noqa: D301  # click takes the character \b
    reader = options.reader_of(model, settings, **how)
    failed = False
    for name, reading in _readings(reader, pictures):
        if isinstance(reading, InkreadError):
            failed = True
            complain(reading, "standard input: " if name == STANDARD_INPUT else "")
        elif as_json:
            click.echo(json.dumps({"picture": name} | reading.as_dict(), ensure_ascii=False))
        else:
            click.echo(f"{name}: {reading.in_words()}")
    sys.exit(1 if failed else 0)


def _readings(
    reader: Reader, pictures: Sequence[str]
) -> Iterator[tuple[str, DigitReading | InkreadError]]:
    names = iter(pictures)
    while chunk := list(islice(names, CHUNK)):
        given = [_standard_input() if name == STANDARD_INPUT else name for name in chunk]
        yield from zip(chunk, reader.read_digits(given, return_errors=True), strict=True)


def _standard_input() -> bytes:
    """Read standard input, a byte further than is accepted at most; nothing if it is closed."""
    return sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""

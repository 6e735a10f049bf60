"""`inkread read`."""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Unpack

import click

from inkread.cli import options
from inkread.cli.group import complain
from inkread.documents import is_document
from inkread.errors import InkreadError
from inkread.picture import MAX_BYTES
from inkread.reader import Reader
from inkread.readings import DigitReading, PageReading
from inkread.settings import Settings

CHUNK = 64  # pictures read at once, so that a long list answers early and takes little memory
STANDARD_INPUT = "-"


class How(options.How):
    """The options that say what to read, and how."""

    page: bool
    pattern: str | None


@click.command()
@click.argument("pictures", metavar="PICTURE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with all figures.")
@click.option("--page", is_flag=True, help="Read all numbers in each picture, not one digit.")
@click.option(
    "--pattern", help=r"Regular expression that each number of a page matches, as '\d{8}'."
)
@options.model
@options.reading
@click.pass_obj
def read(
    settings: Settings,
    pictures: tuple[str, ...],
    *,
    as_json: bool,
    model: str | None,
    **how: Unpack[How],
) -> None:
    """Read the digit in each PICTURE; - reads one from standard input.

    With --page, all numbers in it are read: in a field, on a form, on a canvas, on the pages of a
    PDF or a TIFF; a line for each.

    \b
    inkread read seven.png
    inkread read --json *.jpg
    inkread read --page form.jpg
    cat seven.png | inkread read -

    Exits with 1 if any picture could not be read; the others are read all the same.
    """  # noqa: D301  # click takes the character \b
    page, pattern = how["page"], how["pattern"]
    if pattern is not None and not page:
        raise click.UsageError("--pattern needs --page")
    if page and (model is not None or how["versions"] > 1):
        raise click.UsageError("--model and --versions are of single digits, not of --page")
    reader = options.reader_of(
        model, settings, threshold=how["threshold"], versions=how["versions"]
    )
    readings = _pages(reader, pictures, pattern) if page else _readings(reader, pictures)
    failed = refused = False
    for name, reading in readings:
        if isinstance(reading, InkreadError):
            failed = True
            complain(reading, "standard input: " if name == STANDARD_INPUT else "")
        elif as_json:
            click.echo(json.dumps({"picture": name} | reading.as_dict()))
        else:
            for words in _in_words(reading):
                click.echo(f"{name}: {words}")
            refused |= isinstance(reading, DigitReading) and reading.verdict == "not_a_digit"
    if refused:
        click.echo("hint: --page reads numbers of more than one digit", err=True)
    sys.exit(1 if failed else 0)


def _in_words(reading: DigitReading | PageReading) -> list[str]:
    if isinstance(reading, DigitReading):
        return [reading.in_words()]
    return [line.in_words() for line in reading.lines] or ["no numbers"]


def _pages(
    reader: Reader, pictures: Sequence[str], pattern: str | None
) -> Iterator[tuple[str, PageReading | InkreadError]]:
    for name in pictures:
        given = _given(name)
        has_pages = is_document(given)
        for number, reading in enumerate(reader.read_pages([given], pattern=pattern), start=1):
            yield f"{name}, page {number}" if has_pages else name, reading


def _readings(
    reader: Reader, pictures: Sequence[str]
) -> Iterator[tuple[str, DigitReading | InkreadError]]:
    names = iter(pictures)
    while chunk := list(islice(names, CHUNK)):
        given = [_given(name) for name in chunk]
        yield from zip(chunk, reader.read_digits(given, return_errors=True), strict=True)


def _given(name: str) -> str | bytes:
    """Return a path; or what comes through standard input or a pipe, which is read only once.

    That is read a byte further than is accepted at most; a closed standard input holds nothing.
    """
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
    try:
        if not Path(name).is_fifo():
            return name
        with Path(name).open("rb") as pipe:
            return pipe.read(MAX_BYTES + 1)
    except OSError:
        return name  # who reads it will say what is wrong, and the others are read all the same

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
from inkread.pdf import is_pdf
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
    PDF; a line for each.

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
    failed = False
    for name, reading in readings:
        if isinstance(reading, InkreadError):
            failed = True
            complain(reading, "standard input: " if name == STANDARD_INPUT else "")
        elif as_json:
            click.echo(json.dumps({"picture": name} | reading.as_dict(), ensure_ascii=False))
        else:
            for words in _in_words(reading):
                click.echo(f"{name}: {words}")
    sys.exit(1 if failed else 0)


def _in_words(reading: DigitReading | PageReading) -> list[str]:
    if isinstance(reading, DigitReading):
        return [reading.in_words()]
    return [line.in_words() for line in reading.lines] or ["no numbers"]


def _pages(
    reader: Reader, pictures: Sequence[str], pattern: str | None
) -> Iterator[tuple[str, PageReading | InkreadError]]:
    for name in pictures:
        given = _standard_input() if name == STANDARD_INPUT else name
        for number, reading in enumerate(reader.read_pages([given], pattern=pattern), start=1):
            yield f"{name}, page {number}" if is_pdf(given) else name, reading


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

"""The command line: answers on standard output, problems on standard error, exit 0, 1 or 2."""

import errno
import json
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import click

from inkread import __version__
from inkread.errors import InkreadError, MissingExtra
from inkread.picture import MAX_BYTES
from inkread.reader import DigitReading, Reader, percent
from inkread.settings import Settings

CHUNK = 64  # pictures read at once, so that a long list answers early and takes little memory
STANDARD_INPUT = "-"


class Commands(click.Group):
    """A group whose commands end with a plain message where Inkread raises one of its errors."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except InkreadError as error:
            _complain(error)
        except OSError as error:
            if error.errno in (None, errno.EPIPE):
                raise  # click ends quietly when nobody reads on
            where = f": {error.filename}" if error.filename else ""
            click.echo(f"inkread: cannot write, {error.strerror}{where}", err=True)
        raise click.exceptions.Exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="inkread", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Read handwritten digits: drawn, photographed or scanned."""
    # Pillow warns of damage before Inkread says in one line what is wrong.
    warnings.filterwarnings("ignore", module="PIL")
    context.obj = Settings.from_environment(os.environ)


@main.command()
@click.argument("pictures", metavar="PICTURE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with all figures.")
def read(pictures: tuple[str, ...], as_json: bool) -> None:
    r"""Read the digit in each PICTURE; - reads one from standard input.

    \b
    inkread read seven.png
    inkread read --json *.jpg
    cat seven.png | inkread read -

    Exits with 1 if any picture could not be read; the others are read all the same.
    """
    reader = Reader()
    failed = False
    for name, reading in _readings(reader, pictures):
        if isinstance(reading, InkreadError):
            failed = True
            _complain(reading, "standard input: " if name == STANDARD_INPUT else "")
        elif as_json:
            click.echo(json.dumps({"picture": name} | reading.as_dict(), ensure_ascii=False))
        else:
            click.echo(f"{name}: {_in_words(reading)}")
    sys.exit(1 if failed else 0)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8501, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
def app(host: str, port: int) -> None:
    r"""Serve the web app and the API.

    \b
    /               the app: draw a digit, or hand in a picture
    /pad            the drawing pad alone
    /api/docs       the API, to read and try

    With --host 0.0.0.0 others on the network can use it too.
    """
    with _extra("app", "the web app"):
        from inkread.web.server import serve
    serve(host, port)


@main.command()
@click.option("--preset", default="quick", show_default=True, help="Set of hyper-parameters.")
@click.option("--seed", type=click.IntRange(0), help="Seed of all that is random.")
@click.option(
    "--out",
    default="runs/quick",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the network (ONNX) and its model card.",
)
@click.pass_obj
def train(settings: Settings, preset: str, seed: int | None, out: Path) -> None:
    r"""Train a network and write it as ONNX with a model card.

    \b
    inkread train --preset quick --out runs/mine

    The data is taken from the folder INKREAD_DATA, or fetched once. The preset
    `quick` takes under five minutes on two cores.
    """
    with _extra("train", "training"):
        from inkread.training import config
        from inkread.training.run import run
    chosen = config.preset(preset, seed)
    card = run(chosen, out, settings.data)
    for name, figure in card.figures.items():
        click.echo(f"{name}: {figure:.6g}")
    click.echo(f"network: {out / 'digit.onnx'}")


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


def _in_words(reading: DigitReading) -> str:
    if reading.verdict == "blank":
        return "blank"
    return f"{reading.best} ({percent(reading.confidence)})"


def _complain(error: InkreadError, where: str = "") -> None:
    click.echo(f"inkread: {where}{error.message}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)


@contextmanager
def _extra(extra: str, needed_for: str) -> Iterator[None]:
    """Turn the import error of a package that is not installed into a way out."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("inkread"):
            raise
        raise MissingExtra(needed_for, extra) from None

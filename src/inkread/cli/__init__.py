"""The command line: answers on standard output, problems on standard error, exit 0, 1 or 2."""

import io
import os
import sys
import warnings

import click

from inkread import __version__
from inkread.cli.app import app
from inkread.cli.data import data
from inkread.cli.evaluate import evaluate
from inkread.cli.group import Commands
from inkread.cli.models import models
from inkread.cli.read import read
from inkread.cli.train import train
from inkread.settings import Settings


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="inkread", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Read handwritten digits: drawn, photographed or scanned."""
    # Pillow warns of damage before Inkread says in one line what is wrong.
    warnings.filterwarnings("ignore", module="PIL")
    # Names of files may hold bytes that are no text: \udcff, which JSON reads as the name again.
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    context.obj = Settings.from_environment(os.environ)


for command in (read, app, evaluate, models, train, data):
    main.add_command(command)

"""`inkread data`."""

import click

from inkread.cli.group import Commands, complain, extra
from inkread.data.catalogue import CATALOGUE
from inkread.data.files import DataFile, content, fetch, place
from inkread.errors import DataError
from inkread.settings import Settings

_NAMES = click.Choice(tuple(CATALOGUE))


@click.group(cls=Commands)
def data() -> None:
    """List, fetch and verify the data that networks are trained and checked on.

    \b
    inkread data list
    inkread data fetch
    inkread data verify pendigits

    It lies in the folder INKREAD_DATA, or in the user's cache.
    """  # noqa: D301  # click takes the character \b


@data.command("list")
@click.pass_obj
def list_(settings: Settings) -> None:
    """List the data sets, and which are here."""
    for name, about in CATALOGUE.items():
        here = sum(place(file, settings.data) is not None for file in about.files)
        state = "here" if here == len(about.files) else "missing" if not here else "in part"
        click.echo(f"{name:<10} {state:<8} {about.about} ({about.licence})")


@data.command("fetch")
@click.argument("names", metavar="[NAME]...", nargs=-1, type=_NAMES)
@click.pass_obj
def fetch_(settings: Settings, names: tuple[str, ...]) -> None:
    """Fetch data sets, or all to train on, into the user's cache."""
    if settings.data is not None:
        raise DataError(
            f"INKREAD_DATA is set, nothing would be fetched: {settings.data}",
            hint="unset INKREAD_DATA to fetch into the user's cache",
        )
    with extra("train", "fetching the data"):
        for file in _files(names or tuple(name for name in CATALOGUE if CATALOGUE[name].training)):
            path = place(file, None) or fetch(file)
            click.echo(f"{file.name}: {path}")


@data.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, type=_NAMES)
@click.pass_obj
def verify(settings: Settings, names: tuple[str, ...]) -> None:
    """Check that data sets, or all that are here, are the published ones."""
    wrong = False
    for file in _files(names or tuple(CATALOGUE)):
        try:
            if place(file, settings.data) is not None:
                content(file, settings.data)
                click.echo(f"{file.name}: as published")
            elif names:
                hint = None if settings.data else "inkread data fetch"
                complain(DataError(f"no such file: {file.name}", hint=hint))
                wrong = True
        except DataError as error:
            complain(error)
            wrong = True
    raise click.exceptions.Exit(1 if wrong else 0)


def _files(names: tuple[str, ...]) -> list[DataFile]:
    return [file for name in names for file in CATALOGUE[name].files]

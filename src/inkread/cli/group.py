"""What all commands share: how they end when something is wrong."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import click

from inkread.errors import InkreadError, MissingExtra


class Commands(click.Group):
    """A group whose commands end with a plain message where Inkread raises one of its errors."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except InkreadError as error:
            complain(error)
        except OSError as error:
            if error.errno in (None, errno.EPIPE):
                raise  # click ends quietly when nobody reads on
            where = f": {error.filename}" if error.filename else ""
            click.echo(f"inkread: cannot read or write, {error.strerror}{where}", err=True)
        raise click.exceptions.Exit(2)


def complain(error: InkreadError, where: str = "") -> None:
    """Say on standard error what is wrong, and the way out where there is one."""
    click.echo(f"inkread: {where}{error.message}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)


@contextmanager
def extra(name: str, needed_for: str) -> Iterator[None]:
    """Turn the import error of a package that is not installed into a way out."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("inkread"):
            raise
        raise MissingExtra(needed_for, name) from None

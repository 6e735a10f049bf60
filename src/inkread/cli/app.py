"""`inkread app`."""

import os

import click

from inkread.cli import options
from inkread.cli.group import extra


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8501, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@options.model
def app(host: str, port: int, model: str | None) -> None:
    """Serve the web app and the API.

    \b
    /               the app: draw a digit, or hand in a picture
    /pad            the drawing pad alone
    /api/docs       the API, to read and try

    With --host 0.0.0.0 others on the network can use it too.
    """  # noqa: D301  # click takes the character \b
    if model:
        os.environ["INKREAD_MODEL"] = model  # the setting that every way to start the app reads
    with extra("app", "the web app"):
        from inkread.web.server import serve
    serve(host, port)

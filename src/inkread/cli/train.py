"""`inkread train`."""

from pathlib import Path

import click

from inkread.cli.group import extra
from inkread.data.sets import load_set
from inkread.settings import Settings

Value = str | int | float | None


@click.command()
@click.option(
    "--preset",
    default="quick",
    show_default=True,
    help="Set of hyper-parameters: quick, or full, which ships.",
)
@click.option("--architecture", help="compact, dense, lenet or residual.")
@click.option("--seed", type=click.IntRange(0), help="Seed of all that is random.")
@click.option("--epochs", type=click.IntRange(1), help="Passes over the training pictures.")
@click.option("--epoch-pictures", type=click.IntRange(1), help="Pictures in one epoch.")
@click.option("--batch-size", type=click.IntRange(2), help="Pictures a step.")
@click.option("--optimizer", help="adamw or sgd.")
@click.option("--loss", help="cross-entropy, smoothed or focal.")
@click.option(
    "--learning-rate", type=click.FloatRange(0, min_open=True), help="Peak of the schedule."
)
@click.option("--weight-decay", type=click.FloatRange(0), help="Of the optimizer.")
@click.option(
    "--patience",
    type=click.IntRange(0),
    help="Epochs without gain on the pictures held out, after which it stops; 0 never.",
)
@click.option(
    "--data",
    "own",
    metavar="SET",
    type=click.Path(path_type=Path),
    help="Your own pictures: a folder for each digit, idx, npz or CSV.",
)
@click.option(
    "--own-share",
    type=click.FloatRange(0, 1, min_open=True),
    help="Share of your own pictures among all; 1, alone, unless told.",
)
@click.option(
    "--out",
    default="runs/new",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the network (ONNX), its model card and its figures.",
)
@click.pass_obj
def train(
    settings: Settings, /, preset: str, own: Path | None, out: Path, **changes: Value
) -> None:
    """Train a network and write it as ONNX with a model card.

    \b
    inkread train --preset quick --out runs/mine
    inkread train --data my-digits --own-share 0.2

    The published data is taken from the folder INKREAD_DATA, or fetched once. On two cores
    `quick` takes about five minutes and `full` an hour and a half. A run that was stopped goes on
    when the same command is given again.
    """  # noqa: D301  # click takes the character \b
    with extra("train", "training"):
        from inkread.training import config
        from inkread.training.finish import framed
        from inkread.training.run import run
    if own is not None and changes["own_share"] is None:
        changes["own_share"] = 1.0
    if own is None and changes["own_share"] is not None:
        raise click.UsageError("--own-share needs --data")
    chosen = config.preset(preset, **changes)
    pictures = None if own is None else framed(load_set(own, "train"), _left_out)
    card = run(chosen, out, settings.data, pictures)
    click.echo(card.summary())
    click.echo(f"network: {out / 'digit.onnx'}")


def _left_out(name: str, reason: str) -> None:
    click.echo(f"inkread: left out, {reason}: {name}", err=True)

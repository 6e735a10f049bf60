"""`inkread train`."""

from pathlib import Path

import click

from inkread.cli.group import extra
from inkread.settings import Settings


@click.command()
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
    """Train a network and write it as ONNX with a model card.

    \b
    inkread train --preset quick --out runs/mine

    The data is taken from the folder INKREAD_DATA, or fetched once. The preset
    `quick` takes under five minutes on two cores.
    """  # noqa: D301  # click takes the character \b
    with extra("train", "training"):
        from inkread.training import config
        from inkread.training.run import run
    chosen = config.preset(preset, seed)
    card = run(chosen, out, settings.data)
    for name, figure in card.figures.items():
        click.echo(f"{name}: {figure:.6g}")
    click.echo(f"network: {out / 'digit.onnx'}")

"""`inkread train`."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, get_args

import click

from inkread.cli.group import extra
from inkread.data.sets import load_set
from inkread.settings import Settings

OF_DIGITS: dict[
    Literal[
        "preset", "architecture", "loss", "own", "own_share", "teacher", "teacher_share", "average"
    ],
    str,
] = {
    "preset": "--preset",
    "architecture": "--architecture",
    "loss": "--loss",
    "own": "--data",
    "own_share": "--own-share",
    "teacher": "--teacher",
    "teacher_share": "--teacher-share",
    "average": "--average",
}

OfPages = Literal["show", "recalibrate", "only", "further", "mean"]
OF_PAGES: tuple[OfPages, ...] = get_args(OfPages)
NO_PARAMETERS = ("preset", "own", "own_share", "out", "start", "teacher", "average", *OF_PAGES)


class Given(TypedDict):
    """The options, as given; None where not."""

    preset: str | None
    architecture: str | None
    seed: int | None
    epochs: int | None
    epoch_pictures: int | None
    batch_size: int | None
    optimizer: str | None
    loss: str | None
    learning_rate: float | None
    last_rate: float | None
    ema_decay: float | None
    weight_decay: float | None
    patience: int | None
    own: Path | None
    own_share: float | None
    out: Path
    start: Path | None
    teacher: tuple[Path, ...]
    teacher_share: float | None
    average: tuple[Path, ...]
    show: int | None
    recalibrate: bool
    only: tuple[str, ...]
    further: bool
    mean: bool


@click.command()
@click.argument("what", type=click.Choice(["digits", "pages"]), default="digits")
@click.option(
    "--preset",
    help="Set of hyper-parameters: quick, or full, as what ships began.  [default: quick]",
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
@click.option(
    "--last-rate", type=click.FloatRange(0, 1), help="Share of that peak which is left at the end."
)
@click.option(
    "--ema-decay",
    type=click.FloatRange(0, 1, max_open=True),
    help="How much of the averaged weights stays at each step.",
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
@click.option(
    "--start",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Digit network to begin with: digit.pt, or digit.onnx of compact or residual ones. "
    "Pages: it looks at signs.",
)
@click.option(
    "--teacher",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Digit network, ONNX, to learn from as well. May be given again: the mean teaches.",
)
@click.option(
    "--teacher-share",
    type=click.FloatRange(0, 1, min_open=True),
    help="Share of what teachers say in what is learned of a picture; 0.5 unless told.",
)
@click.option(
    "--average",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="digit.pt of a run from the same start, or that start: the mean of the weights is the "
    "result. May be given again.",
)
@click.option(
    "--show", type=click.IntRange(1), help="Pages: draw so many as they are trained on, and stop."
)
@click.option(
    "--recalibrate", is_flag=True, help="Pages: calibrate the networks in --out anew, and stop."
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(["page", "sign", "line"]),
    help="Pages: train this network; the others are those in --out. May be given twice.",
)
@click.option("--further", is_flag=True, help="Pages: begin with the networks in --out.")
@click.option("--mean", is_flag=True, help="Pages: the mean of weights before and after --further.")
@click.pass_obj
def train(settings: Settings, /, what: str, **given: Unpack[Given]) -> None:
    """Train a network and write it as ONNX with a model card.

    \b
    inkread train --preset quick --out runs/mine
    inkread train --data my-digits --own-share 0.2
    inkread train pages --start runs/mine/digit.pt --out runs/pages

    Unless told otherwise, WHAT is `digits`: the network that reads one digit. With `pages` it is
    those that find and read numbers on a page.

    The published data is taken from the folder INKREAD_DATA, or fetched once. On two cores
    `quick` takes about five minutes, `full` one to two hours, `pages` three hours. A run
    that was stopped goes on when the same command is given again.
    """  # noqa: D301  # click takes the character \b
    with extra("train", "training"):
        import inkread.training.run  # noqa: F401  # fails early where torch is missing
    if what == "pages":
        _train_pages(settings, **given)
    else:
        _train_digits(settings, **given)


def _train_digits(settings: Settings, **given: Unpack[Given]) -> None:
    from inkread.training import config
    from inkread.training.finish import framed
    from inkread.training.run import Inherited, run

    if any(given[each] for each in OF_PAGES):
        options = ", ".join(f"--{each}" for each in OF_PAGES)
        raise click.UsageError(f"{options} are of pages: inkread train pages --show 50")
    own, share, out = given["own"], given["own_share"], given["out"]
    if own is None and share is not None:
        raise click.UsageError("--own-share needs --data")
    if own is not None and share is None:
        share = 1.0
    teachers, word = given["teacher"], given["teacher_share"]
    if not teachers and word is not None:
        raise click.UsageError("--teacher-share needs --teacher")
    if teachers and word is None:
        word = 0.5
    shares = {"own_share": share, "teacher_share": word}
    chosen = config.preset(given["preset"] or "quick", **_changes(given) | shares)
    pictures = None if own is None else framed(load_set(own, "train"), _left_out)
    inherited = Inherited(given["start"], teachers, given["average"])
    card = run(chosen, out, settings.data, pictures, inherited)
    click.echo(card.summary())
    click.echo(f"network: {out / 'digit.onnx'}")


def _train_pages(settings: Settings, **given: Unpack[Given]) -> None:
    from inkread.training.config import PAGES
    from inkread.training.pages import run

    for name, option in OF_DIGITS.items():
        if given[name] not in (None, ()):
            raise click.UsageError(f"{option} is of digits, not of pages")
    if given["mean"] and not given["further"]:
        raise click.UsageError("--mean is of networks that are trained --further")
    changes, out = _changes(given), given["out"]
    if given["show"] is not None:
        click.echo(
            f"pages: {run.show(replace(PAGES, **changes), given['show'], out, settings.data)}"
        )
        return
    if given["recalibrate"]:
        card = run.recalibrate(out, settings.data)
    else:
        only = given["only"] or run.NETWORKS
        plan = run.Plan(changes, only, given["start"], given["further"], given["mean"])
        card = run.run(plan, out, settings.data)
    click.echo(card.summary())
    click.echo(f"networks: {', '.join(str(out / name) for name in run.FILES)}")


def _changes(given: Given) -> dict[str, Any]:
    """Return the hyper-parameters that were given."""
    return {
        name: value
        for name, value in given.items()
        if name not in NO_PARAMETERS and value is not None
    }


def _left_out(name: str, reason: str) -> None:
    click.echo(f"inkread: left out, {reason}: {name}", err=True)

"""`inkread models import | list | compare | remove`."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Unpack

import click

from inkread import evaluation
from inkread.cli import options
from inkread.cli.group import Commands, complain
from inkread.errors import ModelError
from inkread.evaluation import Evaluation, hundredths
from inkread.models import collection
from inkread.models.collection import ImportedModel
from inkread.models.importing import import_model
from inkread.settings import Settings

SCALES = ("0..1", "0..255", "-1..1", "standardised")


@click.group(cls=Commands)
def models() -> None:
    """Import, list, compare and remove models of other makers."""


@models.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Name that the model is called by from then on.")
@click.option("--force", is_flag=True, help="Replace an imported model of the same name.")
@click.option(
    "--pixels",
    type=click.Choice([*SCALES, *(f"{each}-dark" for each in SCALES)]),
    help="Scale of the pixels that the model takes; -dark where ink is dark.  "
    "[default: the one under which it reads known digits best]",
)
@click.pass_obj
def import_(settings: Settings, file: Path, name: str, *, force: bool, pixels: str | None) -> None:
    """Import FILE, an ONNX model or a Keras model (.keras or .h5), and measure it.

    \b
    inkread models import digits.keras --name mine
    inkread read --model mine seven.png

    It is rewritten to take ink and to give logits; which pixels it takes is found out
    with digits of MNIST's training set where INKREAD_DATA has them, or else with drawn
    ones. A model that brings code of its own is refused.
    """  # noqa: D301  # click takes the character \b
    known = import_model(file, name, settings, replace=force, pixels=pixels)
    click.echo(f"{known.name}: imported from {known.source}")
    click.echo(f"  pixels      {known.pixels}: {known.checked_on} are read right")
    click.echo(f"  output      {known.output}")
    click.echo(f"  parameters  {known.parameters:,}")
    click.echo(f"  size        {_size(known.size_bytes)}")
    for name_of_set in known.figures:
        click.echo(f"  {name_of_set}: {_figure(known.figures, name_of_set)}")


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a model, with all figures.")
@click.pass_obj
def list_(settings: Settings, *, as_json: bool) -> None:
    """List the imported models: size, parameters, figures by set, date."""
    cards = list(_cards(settings.models))
    if as_json:
        for each in cards:
            click.echo(json.dumps(each.as_dict()))
        return
    sets = list(dict.fromkeys(name for each in cards for name in each.figures))
    rows = [["name", "size", "parameters", *sets, "imported"]]
    ours = collection.bundled_card()
    known = {each["name"]: each for each in ours["evaluations"]}
    size, parameters = _size(collection.size_bytes(None)), f"{ours['parameters']:,}"
    rows += [["bundled", size, parameters, *(_figure(known, name) for name in sets), ours["made"]]]
    rows += [
        [
            each.name,
            _size(each.size_bytes),
            f"{each.parameters:,}",
            *(_figure(each.figures, name) for name in sets),
            each.imported,
        ]
        for each in cards
    ]
    click.echo(table(rows))


def _cards(folder: Path) -> Iterator[ImportedModel]:
    """Yield the cards of the imported models; say which one has none."""
    for name in collection.names(folder):
        try:
            yield collection.card(name, folder)
        except ModelError as error:
            complain(error)


@models.command()
@click.argument("names", metavar="MODEL...", nargs=-1, required=True)
@options.data
@options.reading
@click.option("--json", "as_json", is_flag=True, help="One JSON object a model and set.")
@click.pass_obj
def compare(
    settings: Settings,
    names: tuple[str, ...],
    sets: tuple[str, ...],
    *,
    as_json: bool,
    **how: Unpack[options.How],
) -> None:
    """Read the same pictures with several models, and put the figures side by side.

    \b
    inkread models compare bundled mine other.onnx --data cvl-even

    MODEL is `bundled`, the name of an imported model, or an ONNX file. They read a few
    pictures each in turn, so that what else the machine does slows them all alike.

    Exits with 1 if any picture could not be read; the others are read all the same.
    """  # noqa: D301  # click takes the character \b
    readers = [options.reader_of(name, settings, **how) for name in names]
    sizes = [collection.size_bytes(collection.find(name, settings.models)) for name in names]
    failed = False
    for labelled in options.labelled_sets(sets, settings):
        results = evaluation.compare(readers, labelled)
        for problem in results[0].problems:
            failed = True
            click.echo(f"inkread: {problem}", err=True)
        if as_json:
            for name, size, result in zip(names, sizes, results, strict=True):
                about = {"model": name, "size_bytes": size}
                click.echo(json.dumps(about | result.as_dict()))
        else:
            click.echo(f"{labelled.name}: {len(labelled):,} pictures")
            click.echo(_side_by_side(names, sizes, results))
    sys.exit(1 if failed else 0)


def _side_by_side(names: Sequence[str], sizes: Sequence[int], results: Sequence[Evaluation]) -> str:
    """Return a table with a row a model; what a set has none of is left out."""
    rows = [["model"], *([name] for name in names)]
    if all(each.digits for each in results):
        rows[0] += ["right", "refused", "calibration error"]
        for row, each in zip(rows[1:], results, strict=True):
            if digits := each.digits:
                row += [
                    hundredths(digits.accuracy),
                    hundredths(digits.refused),
                    f"{digits.ece:.4f}",
                ]
    if all(each.others for each in results):
        rows[0] += ["not digits refused", "surely called digits"]
        for row, each in zip(rows[1:], results, strict=True):
            if others := each.others:
                row += [hundredths(others.refused), hundredths(others.surely_called_digits)]
    rows[0] += ["size", "ms a picture"]
    for row, size, each in zip(rows[1:], sizes, results, strict=True):
        row += [_size(size), f"{each.milliseconds:.2f}"]
    return table(rows)


@models.command()
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Remove the imported model NAME."""
    collection.remove(name, settings.models)
    click.echo(f"{name}: removed")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _figure(figures: dict[str, Any], name: str) -> str:
    """Return the share of a set's digits that is right, or else of its others that is refused."""
    of_set = figures.get(name, {})
    if digits := of_set.get("digits"):
        return hundredths(digits["accuracy"])
    if others := of_set.get("others"):
        return f"{hundredths(others['refused'])} refused"
    return "–"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text as a table with columns as wide as they need."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(padded)

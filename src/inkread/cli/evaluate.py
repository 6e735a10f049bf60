"""`inkread evaluate`."""

import json
import sys
from itertools import chain, count
from pathlib import Path
from typing import Unpack

import click

from inkread import evaluation, figures
from inkread.cli import options
from inkread.data.labelled import LabelledSet
from inkread.errors import DataError
from inkread.evaluation import Evaluation, hundredths
from inkread.settings import Settings


@click.command()
@click.argument("model")
@options.data
@options.reading
@click.option("--json", "as_json", is_flag=True, help="One JSON object a set, with all figures.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the figures as JSON, and drawn as PNG; needs the extra `train`.",
)
@click.pass_obj
def evaluate(
    settings: Settings,
    model: str,
    sets: tuple[str, ...],
    *,
    as_json: bool,
    out: Path | None,
    **how: Unpack[options.How],
) -> None:
    """Measure how well MODEL reads labelled pictures.

    \b
    inkread evaluate bundled --data my-digits/
    inkread evaluate mine --data cvl-even --data usps-train --out runs/mine
    inkread evaluate digit.onnx --data digits.csv --json

    MODEL is `bundled`, the name of an imported model, or an ONNX file. Labelled
    pictures are a folder of folders 0 to 9, idx files, an .npz or a CSV file; what
    is in `not_a_digit` counts for the refusals.

    Exits with 1 if any picture could not be read; the others are read all the same.
    """  # noqa: D301  # click takes the character \b
    if out:
        figures.check()
    reader = options.reader_of(model, settings, **how)
    labelled = options.labelled_sets(sets, settings)
    results = []
    for each in labelled:
        results.append(evaluation.evaluate(reader, each))
        click.echo(json.dumps(results[-1].as_dict()) if as_json else in_words(results[-1]))
        for problem in results[-1].problems:
            click.echo(f"inkread: {problem}", err=True)
    if out:
        _write(results, labelled, out)
    sys.exit(1 if any(each.problems for each in results) else 0)


def in_words(result: Evaluation) -> str:
    """Write an evaluation as a small table."""
    rows = []
    if digits := result.digits:
        interval = f"{hundredths(digits.accuracy_low)} to {hundredths(digits.accuracy_high)}"
        rows += [
            ("digits", f"{digits.count:,}"),
            ("right", f"{hundredths(digits.accuracy)} (95 % interval {interval})"),
            ("refused", hundredths(digits.refused)),
            ("calibration error", f"{digits.ece:.4f}"),
        ]
    if others := result.others:
        rows += [
            ("not digits", f"{others.count:,}"),
            ("refused", hundredths(others.refused)),
            (
                "called a digit",
                f"{hundredths(others.surely_called_digits)} with over 90 % confidence",
            ),
        ]
    rows.append(("a picture", f"{result.milliseconds:.2f} ms"))
    return "\n".join([result.name, *(f"  {name:<18} {value}" for name, value in rows)])


def _write(results: list[Evaluation], labelled: list[LabelledSet], out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        stems: list[str] = []
        for result, pictures in zip(results, labelled, strict=True):
            stem = _free(result.name, stems)
            stems.append(stem)
            text = json.dumps(result.as_dict(), indent=2) + "\n"
            (out / f"{stem}.json").write_text(text, encoding="utf-8")
            _draw(result, pictures, out / stem)
    except OSError as error:
        raise DataError(f"cannot write the figures, {error.strerror}: {error.filename}") from None


def _free(name: str, taken: list[str]) -> str:
    """Return a name that is not taken, with a number where it would be."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _draw(result: Evaluation, labelled: LabelledSet, stem: Path) -> None:
    drawn = {"worst": figures.worst(result.worst, labelled, result.name)}
    if result.digits:
        drawn["confusion"] = figures.confusion(result.digits, result.name)
        drawn["reliability"] = figures.reliability(result.digits, result.name)
    for name, figure in drawn.items():
        figures.save(figure, stem.with_name(f"{stem.name}-{name}.png"))

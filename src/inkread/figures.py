"""Draws evaluations and training runs, on light paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inkread.data.labelled import NOT_A_DIGIT_NAME, LabelledSet
from inkread.errors import DataError, InkreadError, MissingExtra
from inkread.evaluation import DigitFigures, Mistake
from inkread.picture import load_rgb
from inkread.readings import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 100
BLUE, ORANGE, GREY = "#1f5fa8", "#c8551b", "#8a8a8a"
COLUMNS = 5  # of a sheet of mistakes
THUMBNAIL_PX = 160


def confusion(digits: DigitFigures, title: str) -> Figure:
    """Draw the table of what each digit was read as, mistakes shaded by how common they are."""
    figure = _paper(6, 5.6)
    axes = figure.add_subplot()
    table = np.array(digits.confusion)
    mistakes = table * (1 - np.eye(10))
    shares = mistakes / np.maximum(table.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Oranges", vmin=0, vmax=max(0.02, 1.3 * float(shares.max())))
    for truth, row in enumerate(table.tolist()):
        for best, count in enumerate(row):
            weight = "bold" if truth == best else "normal"
            shade = "black" if count else "#cccccc"
            axes.text(
                best, truth, count, ha="center", va="center", size=8, weight=weight, color=shade
            )
    axes.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="is")
    axes.tick_params(length=0)
    axes.set_title(f"{_text(title)}: {percent(digits.accuracy)} of {digits.count:,} right")
    return figure


def reliability(digits: DigitFigures, title: str) -> Figure:
    """Draw how many are right of the readings that are about equally sure, and how many these are.

    A reader that is right as often as it says lies on the line.
    """
    figure = _paper(6, 5.6)
    axes = figure.add_subplot()
    filled = [each for each in digits.bins if each.count]
    width = digits.bins[0].high - digits.bins[0].low
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="as sure as right")
    axes.bar(
        [each.low for each in filled],
        [each.accuracy for each in filled],
        width,
        align="edge",
        color=BLUE,
        alpha=0.3,
        edgecolor=BLUE,
    )
    axes.plot(
        [each.confidence for each in filled],
        [each.accuracy for each in filled],
        color=BLUE,
        marker="o",
        markersize=4,
        linewidth=1.2,
        label="share that is right",
    )
    shares = [each.count / digits.count for each in filled]
    axes.plot(
        [(each.low + each.high) / 2 for each in filled],
        shares,
        color=ORANGE,
        marker=".",
        linewidth=1,
        label="share of all readings",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="share")
    axes.set_title(f"{_text(title)}: ECE {digits.ece:.4f}")
    axes.legend(loc="upper left", frameon=False)
    return figure


def worst(mistakes: Sequence[Mistake], labelled: LabelledSet, title: str) -> Figure:
    """Draw the pictures of the surest mistakes, each with what it is and what was read.

    Args:
        mistakes: of an evaluation.
        labelled: the set that it read.
        title: over the sheet.
    """
    rows = max(1, -(-len(mistakes) // COLUMNS))
    figure = _paper(1.7 * COLUMNS, 2.1 * rows + 0.6)
    figure.suptitle(f"{_text(title)}: {'surest' if mistakes else 'no'} mistakes")
    for place, mistake in enumerate(mistakes):
        axes = figure.add_subplot(rows, COLUMNS, place + 1)
        axes.set_axis_off()
        axes.imshow(_thumbnail(mistake, labelled), cmap="gray", vmin=0, vmax=255)
        truth = "no digit" if mistake.truth == NOT_A_DIGIT_NAME else mistake.truth
        where = _text(_tail(mistake.id))
        axes.set_title(
            f"{truth}, read as {mistake.best}\n{percent(mistake.confidence)} · {where}", size=8
        )
    return figure


def _text(name: str) -> str:
    """Return a name with the bytes written out that are no text."""
    return name.encode(errors="backslashreplace").decode()


def history(epochs: Sequence[Mapping[str, float]], title: str) -> Figure:
    """Draw how a network learned.

    Args:
        epochs: each with its `number`, `loss`, `validation_accuracy` (0–1) and `learning_rate`.
        title: over the three curves.
    """
    figure = _paper(6.4, 6.6)
    figure.suptitle(title)
    numbers = [epoch["number"] for epoch in epochs]
    curves = (
        ("loss", "loss", "log", BLUE),
        ("validation_accuracy", "held-out accuracy", "linear", ORANGE),
        ("learning_rate", "learning rate", "linear", GREY),
    )
    for place, (key, label, scale, colour) in enumerate(curves):
        axes = figure.add_subplot(len(curves), 1, place + 1)
        axes.plot(numbers, [epoch[key] for epoch in epochs], color=colour, marker=".")
        axes.set(ylabel=label, yscale=scale)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("{x:g}")
        axes.grid(color="#e6e6e6")
        axes.locator_params(axis="x", integer=True)
        if place == len(curves) - 1:
            axes.set_xlabel("epoch")
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG.

    Raises:
        DataError: the file cannot be written.
    """
    try:
        figure.savefig(path, format="png", pil_kwargs={"optimize": True})
    except OSError as error:
        raise DataError(f"cannot write the figure, {error.strerror}: {path}") from None


def check() -> None:
    """Find out whether figures can be drawn, before long work whose result they are to show.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    _paper(1, 1)


def _paper(width: float, height: float) -> Figure:
    """Return an empty figure, inches."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise MissingExtra("drawing the figures", "train") from None
    return Figure((width, height), dpi=DOTS_PER_INCH, facecolor="white", layout="constrained")


def _thumbnail(mistake: Mistake, labelled: LabelledSet) -> NDArray[np.uint8]:
    try:
        return load_rgb(labelled.pictures[mistake.row], longest_side_px=THUMBNAIL_PX)
    except InkreadError:  # it was read a moment ago; it may be gone since
        return np.full((28, 28), 230, np.uint8)


def _tail(name: str, longest: int = 16) -> str:
    return name if len(name) <= longest else "…" + name[1 - longest :]

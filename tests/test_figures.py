"""Figures are drawn of evaluations that the tests make up, and looked at as pixels."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from inkread import DataError, figures
from inkread.data.labelled import LabelledSet
from inkread.evaluation import DigitFigures, Outcomes, evaluation
from inkread.picture import load_rgb
from tests.drawing import canvas

COUNT = 60


@pytest.fixture(scope="module")
def labelled() -> LabelledSet:
    labels = np.arange(COUNT) % 10
    ids = tuple(f"folder/with/a/long/name/{row}.png" for row in range(COUNT))
    return LabelledSet("drawn", [canvas(int(label)) for label in labels], labels, ids)


@pytest.fixture(scope="module")
def outcomes(labelled: LabelledSet) -> Outcomes:
    rng = np.random.default_rng(0)
    rows, confidence = np.arange(COUNT), rng.random(COUNT)
    best = np.where(rng.random(COUNT) < 0.6, labelled.labels, 3)
    return Outcomes(rows, best, confidence, confidence < 0.5, (), 1.0)


@pytest.fixture(scope="module")
def digits(outcomes: Outcomes, labelled: LabelledSet) -> DigitFigures:
    found = evaluation(outcomes, labelled).digits
    assert found is not None
    return found


def words(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in (axes.title, *axes.texts)]


def test_a_figure_is_written_on_light_paper(tmp_path: Path, digits: DigitFigures) -> None:
    path = tmp_path / "confusion.png"
    figures.save(figures.confusion(digits, "drawn"), path)
    pixels = load_rgb(path)
    assert pixels.shape[0] > 500
    assert (pixels[0, 0] == 255).all()
    assert pixels.min() < 50


def test_the_confusion_has_every_count(digits: DigitFigures) -> None:
    title, *counts = words(figures.confusion(digits, "drawn"))
    assert title.startswith("drawn: ")
    assert title.endswith(" of 60 right")
    assert counts == [str(count) for row in digits.confusion for count in row]


def test_the_reliability_names_its_curves(digits: DigitFigures) -> None:
    (axes,) = figures.reliability(digits, "drawn").axes
    assert axes.get_title() == f"drawn: ECE {digits.ece:.4f}"
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "as sure as right",
        "share that is right",
        "share of all readings",
    ]


def test_the_sheet_shows_each_mistake(outcomes: Outcomes, labelled: LabelledSet) -> None:
    mistakes = evaluation(outcomes, labelled).worst
    figure = figures.worst(mistakes, labelled, "drawn")
    assert len(figure.axes) == len(mistakes) > 5
    first = mistakes[0]
    assert words(figure)[0].startswith(f"{first.truth}, read as {first.best}\n")
    assert all(" · …" in text for text in words(figure))


def test_a_sheet_without_mistakes_says_so(tmp_path: Path, labelled: LabelledSet) -> None:
    figure = figures.worst((), labelled, "drawn")
    assert figure.get_suptitle() == "drawn: no mistakes"
    figures.save(figure, tmp_path / "none.png")


def test_a_picture_that_is_gone_leaves_its_place_empty(outcomes: Outcomes, tmp_path: Path) -> None:
    paths = [tmp_path / f"{row}.png" for row in range(COUNT)]
    gone = LabelledSet("gone", paths, np.arange(COUNT) % 10, tuple(map(str, range(COUNT))))
    mistakes = evaluation(outcomes, gone).worst
    assert len(figures.worst(mistakes, gone, "gone").axes) == len(mistakes)


def test_a_history_has_three_curves(tmp_path: Path) -> None:
    epochs = [
        {"number": n, "loss": 1 / n, "validation_accuracy": 1 - 0.1 / n, "learning_rate": 0.003 / n}
        for n in range(1, 6)
    ]
    figure = figures.history(epochs, "compact")
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["loss", "held-out accuracy", "learning rate"]
    for axes in figure.axes:
        assert np.asarray(axes.lines[0].get_xdata()).tolist() == [1, 2, 3, 4, 5]
    figures.save(figure, tmp_path / "history.png")


def test_a_figure_that_cannot_be_written_is_named(tmp_path: Path, digits: DigitFigures) -> None:
    path = tmp_path / "none" / "figure.png"
    with pytest.raises(DataError) as caught:
        figures.save(figures.confusion(digits, "drawn"), path)
    assert caught.value.message == (f"cannot write the figure, No such file or directory: {path}")


def test_without_matplotlib_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None; sys.modules['matplotlib.figure'] = None\n"
        "from inkread import figures, MissingExtra\n"
        "try:\n    figures.check()\n"
        "except MissingExtra as error:\n    print(error.message, error.hint, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "drawing the figures needs packages that are not installed\npip install 'inkread[train]'\n"
    )

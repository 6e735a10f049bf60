"""A trained network → a calibrated ONNX file of 8-bit integers, examined, with its card."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from torch import nn

from inkread import figures
from inkread.data.digits import Digits
from inkread.data.labelled import LabelledSet
from inkread.data.sets import available_sets, named_set
from inkread.engine import Engine
from inkread.errors import DataError, InkreadError
from inkread.evaluation import evaluate
from inkread.ink import Ink
from inkread.reader import NO_DIGIT, THRESHOLD, Reader
from inkread.training import card
from inkread.training.calibrate import Calibration, Rule, fit
from inkread.training.card import Course, ModelCard
from inkread.training.config import TrainingConfig
from inkread.training.exams import CHOOSING, exams
from inkread.training.export import (
    Calibrated,
    export_onnx,
    in_planes,
    probabilities,
    quantise,
)
from inkread.training.loop import Epoch
from inkread.training.mixture import Mixture

DRAWN_PICTURES = 4_096  # augmented pictures that set the ranges of the 8 bits
PARITY_PICTURES = 1_000
MOST_REFUSED = 0.01  # of the digits of any calibrating set, those that are unsure included
MOST_8_BIT_DIFFERENCE = 1e-2  # of a probability, mean
AGREEMENT = 1e-4  # the largest difference of a probability between ONNX and PyTorch


@dataclass(frozen=True)
class Trained:
    """A network with how it was trained.

    Attributes:
        network: the averaged weights, on the CPU, in evaluation mode.
        history: of its epochs.
        config: the hyper-parameters.
        data: the number of pictures of each source.
        commit: of the code that trained it.
        started_from: SHA-256 of the weights that it began with; empty where new.
        teachers: SHA-256 of each network that taught it.
        averaged: SHA-256 of the weights that it is the mean of, beside its own.
        before: how these were trained, as the card keeps it.
    """

    network: nn.Module
    history: list[Epoch]
    config: TrainingConfig
    data: dict[str, int]
    commit: str
    started_from: str = ""
    teachers: list[str] = field(default_factory=list)
    averaged: list[str] = field(default_factory=list)
    before: list[Course] = field(default_factory=list)


def finish(
    trained: Trained, validation: Digits, sources: Mixture, out: Path, data: Path | None
) -> ModelCard:
    """Calibrate, export, check and examine a network, and write its card.

    Args:
        trained: the network.
        validation: the digits held out; they calibrate where no checking set is here.
        sources: what it was trained on.
        out: folder for `digit.onnx`, its card and its figures.
        data: the data folder, for the checking sets.

    Raises:
        DataError: the exported network disagrees with the trained one.
    """
    drawn, _ = sources.batch(DRAWN_PICTURES, np.random.default_rng(trained.config.seed))
    chosen_on = [name for name in available_sets(data) if name in CHOOSING]
    path = out / "digit.onnx"
    export(trained.network, _as_ink(drawn), path)
    calibration = calibrated(path, calibration_sets(chosen_on, validation, data))
    network = Calibrated(trained.network, calibration.temperature, calibration.shift).eval()
    difference = export(network, _as_ink(drawn), path)
    evaluations = [evaluate(Reader(path), each) for each in exams(data)]
    result = ModelCard(
        name=trained.config.architecture,
        parameters=sum(each.numel() for each in trained.network.parameters()),
        config=trained.config,
        calibration=calibration,
        calibrated_on=chosen_on,
        data=trained.data,
        difference=difference,
        evaluations=evaluations,
        history=trained.history,
        seconds=trained.history[-1].seconds,
        machine=card.machine(),
        commit=trained.commit,
        started_from=trained.started_from,
        teachers=trained.teachers,
        averaged=trained.averaged,
        before=trained.before,
        exported_at=card.commit(),
        made=card.today(),
        sha256=card.sha256(path),
    )
    result.write(path)
    draw_figures(result, out)
    return result


def calibration_sets(names: list[str], validation: Digits, data: Path | None) -> list[Digits]:
    """Return the digits to calibrate with: of the named sets, or else those held out."""
    return [framed(named_set(name, data)) for name in names] or [validation.only_digits()]


def calibrated(path: Path, sets: Sequence[Digits]) -> Calibration:
    """Return what makes a network's logits, in its 8 bits, honest on digits it never learned."""
    engine = Engine(path)
    known = [(engine.logits(_as_ink(each.pictures)), each.labels) for each in sets]
    return fit(known, Rule(THRESHOLD, NO_DIGIT), MOST_REFUSED)


def export(network: nn.Module, inks: Ink, path: Path) -> float:
    """Write a network as 8-bit ONNX, after checking that it is exported as it is.

    Args:
        network: in evaluation mode, on the CPU.
        inks: shape (count, 28, 28) or (count, planes, 28, 28), 0–1, as it will meet; they set
            the ranges.
        path: the file.

    Returns:
        The mean absolute difference of a probability, 0–1, between the 8-bit file and PyTorch.

    Raises:
        DataError: exported with all its bits, the network differs from PyTorch's by more than
            rounding, or in 8 bits by too much.
    """
    inks = in_planes(inks)
    some, planes = inks[:PARITY_PICTURES], inks.shape[1]
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "exact.onnx"
        export_onnx(network, exact, planes)
        check_same(network, exact, some)
        # The last layer keeps all its bits: rounded, the logits of two digits would often tie.
        nodes = onnx.load(exact).graph.node
        last = max(place for place, each in enumerate(nodes) if each.op_type == "Gemm")
        kept = [each.name for each in nodes[last:]]
        quantise(exact, np.array_split(inks, max(1, len(inks) // 64)), path, kept)
    exact_ones = probabilities(network, some)
    difference = float(np.abs(exact_ones - Engine(path, planes=planes).probabilities(some)).mean())
    if difference > MOST_8_BIT_DIFFERENCE:
        raise DataError(
            f"in 8 bits the network differs from itself by {difference:.1e} on average, "
            f"more than {MOST_8_BIT_DIFFERENCE:.0e}: {path}"
        )
    return difference


def check_same(network: nn.Module, path: Path, inks: Ink) -> None:
    """Compare a network with its ONNX file.

    Raises:
        DataError: a probability differs by more than rounding.
    """
    engine = Engine(path, planes=in_planes(inks).shape[1])
    difference = np.abs(probabilities(network, inks) - engine.probabilities(inks)).max()
    if difference > AGREEMENT:
        raise DataError(
            f"the exported network differs from the trained one by {difference:.1e}, "
            f"more than {AGREEMENT:.0e}: {path}"
        )


def framed(
    labelled: LabelledSet, on_problem: Callable[[str, str], object] = lambda *_: None
) -> Digits:
    """Return labelled pictures as ink, uint8, as the reader would see it.

    Args:
        labelled: the pictures.
        on_problem: called with the id of each that holds no ink or cannot be read, and why.

    Raises:
        DataError: that goes for all of them.
    """
    readings = Reader().read_digits(labelled.pictures, return_errors=True)
    inks, labels = [], []
    for name, label, reading in zip(labelled.ids, labelled.labels, readings, strict=True):
        if isinstance(reading, InkreadError):
            on_problem(name, reading.message)
        elif reading.verdict == "blank":
            on_problem(name, "the picture has no ink")
        else:
            inks.append(reading.ink)
            labels.append(label)
    if not inks:
        raise DataError(f"not one of {len(labelled)} pictures holds ink: {labelled.name}")
    return Digits((np.stack(inks) * 255 + 0.5).astype(np.uint8), np.array(labels, np.int64))


def draw_figures(result: ModelCard, out: Path) -> None:
    """Draw the history, and for each set of digits its confusion and reliability, as PNG."""
    history = [asdict(epoch) for epoch in result.history]
    figures.save(figures.history(history, "Training"), out / "digit-history.png")
    for evaluation in result.evaluations:
        if evaluation.digits is not None and "," not in evaluation.name:
            for draw in (figures.confusion, figures.reliability):
                name = f"digit-{draw.__name__}-{evaluation.name}.png"
                figures.save(draw(evaluation.digits, evaluation.name), out / name)


def _as_ink(pictures: NDArray[np.uint8]) -> Ink:
    return np.divide(pictures, 255, dtype=np.float32)

"""A whole training run: data in, an ONNX file with its card out."""

from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inkread.data.digits import Digits
from inkread.data.mnist import load_mnist
from inkread.errors import DataError
from inkread.training import card
from inkread.training.card import ModelCard
from inkread.training.config import TrainingConfig
from inkread.training.export import export_onnx, largest_difference
from inkread.training.loop import Epoch, accuracy, steps, train
from inkread.training.networks import Compact

PARITY_PICTURES = 1_000


def run(config: TrainingConfig, out: Path, data: Path | None = None) -> ModelCard:
    """Train a network, export it and write its card.

    Progress goes to standard error.

    Args:
        config: the hyper-parameters.
        out: folder for `digit.onnx`, `digit.json` and `digit.md`; made where missing.
        data: folder with `mnist/`; fetched when None.

    Returns:
        The card. The test set is read once, at the end.

    Raises:
        DataError: the data is missing or damaged, `out` cannot be written, or the exported
            network disagrees with the trained one.
    """
    return make(config, out, load_mnist("train", data), load_mnist("test", data))


def make(config: TrainingConfig, out: Path, digits: Digits, test: Digits) -> ModelCard:
    """Train a network on digits already loaded; otherwise as `run`."""
    _make_folder(out)
    torch.manual_seed(config.seed)
    network, history = _train_with_progress(digits, config)
    path = out / "digit.onnx"
    export_onnx(network, path)
    difference = checked_difference(network, path, test)
    result = ModelCard(
        name=type(network).__name__.lower(),
        parameters=sum(each.numel() for each in network.parameters()),
        config=config,
        data={"MNIST, training set": len(digits)},
        figures={
            "MNIST, test set, accuracy": accuracy(network, test),
            "largest difference of a probability, ONNX to PyTorch": difference,
        },
        history=history,
        seconds=history[-1].seconds,
        machine=card.machine(),
        commit=card.commit(),
        made=card.today(),
        sha256=card.sha256(path),
    )
    result.write(path)
    return result


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder, {error.strerror}: {out}") from None


def checked_difference(network: torch.nn.Module, path: Path, test: Digits) -> float:
    """Return the largest difference of a probability between a network and its ONNX file.

    Raises:
        DataError: it is more than rounding.
    """
    inks = np.divide(test.pictures[:PARITY_PICTURES], 255, dtype=np.float32)
    difference = largest_difference(network, path, inks)
    if difference > card.AGREEMENT:
        raise DataError(
            f"the exported network differs from the trained one by {difference:.1e}, "
            f"more than {card.AGREEMENT:.0e}: {path}"
        )
    return difference


def _train_with_progress(
    digits: Digits, config: TrainingConfig
) -> tuple[torch.nn.Module, list[Epoch]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("training", total=steps(len(digits), config))

        def show(epoch: Epoch) -> None:
            console.print(
                f"epoch {epoch.number:>2} of {config.epochs}   loss {epoch.loss:.4f}   "
                f"held-out accuracy {epoch.validation_accuracy:.2%}   {epoch.seconds:.0f} s"
            )

        return train(
            Compact(), digits, config, on_step=lambda: progress.advance(task), on_epoch=show
        )

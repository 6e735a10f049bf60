"""A whole training run: data in; an ONNX file, its card and its figures out."""

import hashlib
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inkread.data.digits import Digits
from inkread.data.sources import load_mnist
from inkread.errors import DataError
from inkread.training import card
from inkread.training.batches import Batches
from inkread.training.card import ModelCard
from inkread.training.config import TrainingConfig
from inkread.training.finish import Trained, finish
from inkread.training.loop import Epoch, Learner, Watch, steps, train
from inkread.training.mixture import Mixture
from inkread.training.networks import ARCHITECTURES
from inkread.training.recipes import Given, mixture

LEAST_DIGITS = 50


def run(
    config: TrainingConfig, out: Path, data: Path | None = None, own: Digits | None = None
) -> ModelCard:
    """Train a network, export it, examine it and write its card.

    Progress goes to standard error. A run that was stopped goes on where it was.

    Args:
        config: the hyper-parameters.
        out: folder for `digit.onnx`, its card and its figures; made where missing.
        data: folder with the data sets; fetched when None.
        own: a person's own pictures, to train on as `config.own_share` says.

    Returns:
        The card. What is examined is read once, at the end.

    Raises:
        DataError: the data is missing or damaged, or `out` cannot be written.
    """
    _make_folder(out)
    mixed_in = own if config.own_share < 1 else None
    main = load_mnist("train", data) if own is None or mixed_in else own
    training, validation = split(main, config)
    sources, counts = mixture(Given(training, data, mixed_in), config.own_share)
    checkpoint = out / "checkpoint.pt"
    network, learner = _train(sources, validation, config, checkpoint)
    trained = Trained(network, learner.history, config, counts, learner.commit)
    result = finish(trained, validation, sources, out, data)
    checkpoint.unlink(missing_ok=True)
    return result


def split(digits: Digits, config: TrainingConfig) -> tuple[Digits, Digits]:
    """Hold some digits out, to watch and to stop by; the same ones for the same seed.

    Raises:
        DataError: there are too few.
    """
    if len(digits.only_digits()) < LEAST_DIGITS:
        raise DataError(
            f"needs at least {LEAST_DIGITS} pictures of digits, got {len(digits.only_digits())}"
        )
    order = np.random.default_rng(config.seed).permutation(len(digits))
    held_out = min(config.validation_pictures, len(digits) // 5)
    validation = _take(digits, order[:held_out]).only_digits()
    return _take(digits, order[held_out:]), validation


def _take(digits: Digits, rows: np.ndarray) -> Digits:
    return Digits(digits.pictures[rows], digits.labels[rows])


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder, {error.strerror}: {out}") from None


def _digest(sources: Mixture, config: TrainingConfig) -> str:
    """Return a digest of what is trained on: of a batch of it."""
    inks, labels = sources.batch(64, np.random.default_rng(config.seed))
    return hashlib.sha256(inks.tobytes() + labels.tobytes()).hexdigest()


def _train(
    sources: Mixture, validation: Digits, config: TrainingConfig, checkpoint: Path
) -> tuple[torch.nn.Module, Learner]:
    """Train with a bar that shows how far it is."""
    torch.manual_seed(config.seed)
    network = ARCHITECTURES[config.architecture]()
    learner = Learner(network, config, _digest(sources, config), card.commit())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, TimeRemainingColumn(), console=console)
    with bar, closing(Batches(sources, config)) as batches:
        task = bar.add_task("training", total=steps(config))

        def show(epoch: Epoch) -> None:
            bar.update(task, completed=epoch.number * steps(config) // config.epochs)
            console.print(
                f"epoch {epoch.number:>3} of {config.epochs}   loss {epoch.loss:.4f}   "
                f"held-out accuracy {epoch.validation_accuracy:.2%}   {epoch.seconds:.0f} s"
            )

        watch = Watch(step=lambda: bar.advance(task), epoch=show)
        network = train(learner, batches, validation, checkpoint, watch)
    return network, learner

"""A whole training run: data in; an ONNX file, its card and its figures out."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from inkread.data.digits import Digits
from inkread.data.sources import load_mnist
from inkread.errors import DataError
from inkread.training import card, teachers
from inkread.training.batches import Batches, Maker
from inkread.training.card import Course, ModelCard
from inkread.training.config import TrainingConfig
from inkread.training.export import in_planes
from inkread.training.finish import Trained, finish
from inkread.training.loop import Epoch, Learner, Watch, accuracy, steps, train
from inkread.training.mixture import Mixture
from inkread.training.networks import ARCHITECTURES
from inkread.training.recipes import Given, mixture
from inkread.training.restore import average, load
from inkread.training.teachers import Taught

LEAST_DIGITS = 50
SPLIT = 1  # the seed of what is held out
WEIGHTS = "digit.pt"  # as trained, to train further from


@dataclass(frozen=True)
class Inherited:
    """Networks that a run builds on.

    Attributes:
        start: a network of the same architecture to begin with, `digit.pt` or `digit.onnx`; new
            weights when None.
        teachers: digit networks, ONNX, to learn from as `TrainingConfig.teacher_share` says.
        averaged: weights as trained, `digit.pt`, whose mean with those that the run comes to is
            its result; of networks that began with the same as it, or that it began with.
    """

    start: Path | None = None
    teachers: Sequence[Path] = ()
    averaged: Sequence[Path] = ()


def run(
    config: TrainingConfig,
    out: Path,
    data: Path | None = None,
    own: Digits | None = None,
    inherited: Inherited | None = None,
) -> ModelCard:
    """Train a network, export it, examine it and write its card.

    Progress goes to standard error. A run that was stopped goes on where it was.

    Args:
        config: the hyper-parameters.
        out: folder for `digit.onnx`, its card and its figures; made where missing.
        data: folder with the data sets; fetched when None.
        own: a person's own pictures, to train on as `config.own_share` says.
        inherited: the networks to begin with and to learn from; none when None.

    Returns:
        The card. What is examined is read once, at the end.

    Raises:
        DataError: the data or a network to begin or be averaged with is missing or damaged, `out`
            cannot be written, or a teacher does not tell digits from what is none.
        ModelError: a teacher is missing or no digit network.
    """
    inherited = inherited or Inherited()
    teachers.check(inherited.teachers)
    make_folder(out)
    sources, counts, validation = _pictures(config, data, own)
    torch.manual_seed(config.seed)
    network = ARCHITECTURES[config.architecture]()
    begun, before = _begin(network, inherited, partial(examples, sources, config))
    taught_by, averaged = (
        [card.sha256(each) for each in some] for some in (inherited.teachers, inherited.averaged)
    )
    learned = "".join([digest(sources, config), begun, *taught_by])
    learner = Learner(network, config, learned, card.commit())
    checkpoint = out / "checkpoint.pt"
    maker = Taught(sources, inherited.teachers, config.teacher_share) if taught_by else sources
    network = learn(learner, maker, partial(accuracy, digits=validation), checkpoint)
    average(network, inherited.averaged)
    torch.save(network.state_dict(), out / WEIGHTS)
    trained = Trained(
        network, learner.history, config, counts, learner.commit, begun, taught_by, averaged, before
    )
    result = finish(trained, validation, sources, out, data)
    checkpoint.unlink(missing_ok=True)
    return result


def _pictures(
    config: TrainingConfig, data: Path | None, own: Digits | None
) -> tuple[Mixture, dict[str, int], Digits]:
    """Return what a run is trained on, how many pictures of each source, and what is held out.

    Raises:
        DataError: some data is missing or not the published one.
    """
    mixed_in = own if config.own_share < 1 else None
    main = load_mnist("train", data) if own is None or mixed_in else own
    training, validation = split(main, config)
    sources, counts = mixture(Given(training, data, mixed_in), config.own_share)
    return sources, counts, validation


def _begin(
    network: torch.nn.Module, inherited: Inherited, shown: Callable[[], Tensor]
) -> tuple[str, list[Course]]:
    """Give a network its first weights where it has some, and see that it can be averaged later.

    Returns:
        SHA-256 of these weights, empty where they are new; and how they were trained.

    Raises:
        DataError: a file is missing, damaged or of another network.
    """
    if inherited.start is not None:
        load(network, inherited.start, shown)
    average(deepcopy(network), inherited.averaged)  # fails before hours of training
    if inherited.start is None:
        return "", []
    return card.sha256(inherited.start), card.courses_beside(inherited.start)


def examples(maker: Maker, config: TrainingConfig) -> Tensor:
    """Return a batch as a network is shown it, shape (count, planes, height, width), 0–1."""
    pictures, _ = maker.batch(config.batch_size, np.random.default_rng(config.seed))
    return torch.from_numpy(in_planes(np.divide(pictures, 255, dtype=np.float32)))


def split(digits: Digits, config: TrainingConfig) -> tuple[Digits, Digits]:
    """Hold some digits out, to watch and to stop by; the same ones whatever the seed.

    Networks of several seeds may begin with each other, and teach each other.

    Raises:
        DataError: there are too few.
    """
    if len(digits.only_digits()) < LEAST_DIGITS:
        raise DataError(
            f"needs at least {LEAST_DIGITS} pictures of digits, got {len(digits.only_digits())}"
        )
    order = np.random.default_rng(SPLIT).permutation(len(digits))
    held_out = min(config.validation_pictures, len(digits) // 5)
    validation = _take(digits, order[:held_out]).only_digits()
    return _take(digits, order[held_out:]), validation


def _take(digits: Digits, rows: np.ndarray) -> Digits:
    return Digits(digits.pictures[rows], digits.labels[rows])


def make_folder(out: Path) -> None:
    """Make the folder of a run, where it is missing.

    Raises:
        DataError: it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder, {error.strerror}: {out}") from None


def learn(
    learner: Learner,
    maker: Maker,
    judge: Callable[[torch.nn.Module], float],
    checkpoint: Path,
) -> torch.nn.Module:
    """Train a network with a bar that shows how far it is, or go on from a checkpoint.

    Args:
        learner: the network with its hyper-parameters.
        maker: makes what it is trained on.
        judge: tells its accuracy, 0–1, on what is held out.
        checkpoint: file to write after every epoch.

    Returns:
        The network with its averaged weights.
    """
    config = learner.config
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, TimeRemainingColumn(), console=console)
    with bar, closing(Batches(maker, config)) as batches:
        task = bar.add_task("training", total=steps(config))

        def show(epoch: Epoch) -> None:
            bar.update(task, completed=epoch.number * steps(config) // config.epochs)
            console.print(
                f"epoch {epoch.number:>3} of {config.epochs}   loss {epoch.loss:.4f}   "
                f"held-out accuracy {epoch.validation_accuracy:.2%}   {epoch.seconds:.0f} s"
            )

        watch = Watch(step=lambda: bar.advance(task), epoch=show)
        return train(learner, batches, judge, checkpoint, watch)


def digest(maker: Maker, config: TrainingConfig) -> str:
    """Return a digest of what is trained on: of a batch of it."""
    pictures, labels = maker.batch(64, np.random.default_rng(config.seed))
    return hashlib.sha256(pictures.tobytes() + labels.tobytes()).hexdigest()

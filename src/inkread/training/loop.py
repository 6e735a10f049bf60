"""The training loop: augmented batches in, averaged weights and a history out."""

import math
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import PickleError
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from inkread.data.digits import Digits
from inkread.errors import DataError
from inkread.training.batches import Batches
from inkread.training.config import TrainingConfig

FIRST, HARDLY = 25, 4e-6  # of the peak learning rate: its share at first is 1 / 25
LEAST_STEPS = 20  # of the schedule: it needs some to rise and to fall


def _smoothed(logits: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(logits, labels, label_smoothing=0.05)


def _focal(logits: Tensor, labels: Tensor) -> Tensor:
    """Weigh what is already sure less (Lin et al., "Focal loss for dense object detection")."""
    each = functional.cross_entropy(logits, labels, reduction="none")
    return ((1 - torch.exp(-each)) ** 2 * each).mean()


Loss = Callable[[Tensor, Tensor], Tensor]
LOSSES: dict[str, Loss] = {
    "cross-entropy": functional.cross_entropy,
    "smoothed": _smoothed,
    "focal": _focal,
}


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training pictures came to.

    Attributes:
        number: counted from 1.
        loss: mean loss of its training batches.
        validation_accuracy: 0–1, of the averaged weights, on the held-out pictures.
        learning_rate: at its end.
        seconds: since training began, pauses not counted.
    """

    number: int
    loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class Watch:
    """Who is told how training goes.

    Attributes:
        step: called after every batch.
        epoch: called with the figures of every epoch, those before a pause too.
    """

    step: Callable[[], object] = lambda: None
    epoch: Callable[[Epoch], object] = lambda _: None


def train(
    learner: "Learner",
    batches: Batches,
    judge: Callable[[nn.Module], float],
    checkpoint: Path | None = None,
    watch: Watch | None = None,
) -> nn.Module:
    """Train a network and return it with its averaged weights.

    Args:
        learner: the network with its configuration; it keeps the history.
        batches: the training pictures.
        judge: tells the accuracy, 0–1, of a network on pictures held out, to watch and to stop by.
        checkpoint: file to write after every epoch, and to go on from where it exists.
        watch: who is told.

    Returns:
        The network with the exponential moving average of its weights, on the CPU: those of the
        last epoch, or, where `patience` lets it stop early, of the best.

    Raises:
        DataError: the checkpoint is of another run, or damaged.
    """
    watch = watch or Watch()
    if checkpoint is not None and checkpoint.exists():
        learner.resume(checkpoint)
    for epoch in learner.history:
        watch.epoch(epoch)
    started = time.monotonic() - (learner.history[-1].seconds if learner.history else 0)
    while not learner.finished():
        number = len(learner.history) + 1
        torch.manual_seed(1_000 * learner.config.seed + number)  # dropout goes on as it would have
        losses = []
        for pictures, labels in batches.of_epoch(number):
            losses.append(learner.step(pictures, labels))
            watch.step()
        epoch = Epoch(
            number,
            loss=float(torch.stack(losses).mean()),
            validation_accuracy=judge(learner.average.module),
            learning_rate=float(learner.schedule.get_last_lr()[0]),
            seconds=time.monotonic() - started,
        )
        learner.note(epoch)
        watch.epoch(epoch)
        if checkpoint is not None:
            learner.save(checkpoint)
    return learner.result()


class Learner:
    """A network on its device, with all that changes it."""

    def __init__(
        self,
        network: nn.Module,
        config: TrainingConfig,
        data: str = "",
        commit: str = "",
        loss: Loss | None = None,
    ) -> None:
        """Prepare to train.

        Args:
            network: with its first weights.
            config: the hyper-parameters.
            data: a digest of what it is trained on, so that no other run is gone on with.
            commit: of the code that begins; it is kept when another goes on.
            loss: of what the network gives against what it shall give; that of `config` when None.
        """
        self.config = config
        self.loss = loss or LOSSES[config.loss]
        self.data = data
        self.commit = commit
        self.history: list[Epoch] = []
        self.best: dict[str, Tensor] = {}  # weights of the best epoch, where it may stop early
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # in 2.13
        self.average = AveragedModel(
            self.network, avg_fn=_moving_average(config.ema_decay), use_buffers=True
        )
        self.optimizer = _optimizer(network, config)
        self.schedule = self._cycle(config.first_cycle or config.epochs)

    def step(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Learn from one batch and return its loss."""
        self.network.train()
        pictures = pictures.to(self.device).float().div_(255)
        pictures = pictures.to(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            logits = self.network(pictures)
        loss = self.loss(logits.float(), labels.to(self.device))
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        self.schedule.step()
        self.average.update_parameters(self.network)
        return loss.detach()

    def _cycle(self, epochs: int) -> torch.optim.lr_scheduler.OneCycleLR:
        """Return the schedule of a learning rate that rises and falls once."""
        count = max(epochs * epoch_steps(self.config), LEAST_STEPS)
        peak, last = self.config.learning_rate, max(self.config.last_rate, HARDLY)
        return torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            peak,
            count,
            pct_start=0.2,
            div_factor=FIRST,
            final_div_factor=1 / (FIRST * last),
        )

    def note(self, epoch: Epoch) -> None:
        """Add an epoch to the history; the next may begin another cycle."""
        self.history.append(epoch)
        if epoch.number == self.config.first_cycle < self.config.epochs:
            self.schedule = self._cycle(self.config.epochs - epoch.number)
        if self.config.patience and epoch == self._best_epoch():
            self.best = deepcopy(self.average.module.state_dict())

    def result(self) -> nn.Module:
        """Return the network that training came to, on the CPU, in evaluation mode."""
        if self.best:
            self.average.module.load_state_dict(self.best)
        return self.average.module.cpu().eval()

    def finished(self) -> bool:
        """Tell whether the last epoch is done, or the accuracy has stood still long enough."""
        done = len(self.history)
        if done >= self.config.epochs:
            return True
        best, patience = self._best_epoch(), self.config.patience
        return best is not None and patience > 0 and done - best.number >= patience

    def _best_epoch(self) -> Epoch | None:
        """Return the first of the epochs with the highest accuracy."""
        return max(self.history, key=lambda each: each.validation_accuracy, default=None)

    def save(self, path: Path) -> None:
        """Write all that is needed to go on, whole or not at all."""
        parts = {name: part.state_dict() for name, part in self._parts().items()}
        history = [asdict(each) for each in self.history]
        new = path.with_suffix(".new")
        begun = {"run": self._run(), "commit": self.commit, "best": self.best}
        torch.save(begun | {"history": history} | parts, new)
        new.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from where another run was stopped.

        Raises:
            DataError: the file is damaged, or of another run.
        """
        try:
            saved = torch.load(path, map_location=self.device, weights_only=True)
            run, history = saved["run"], [Epoch(**each) for each in saved["history"]]
        except (OSError, RuntimeError, EOFError, ValueError, LookupError, TypeError, PickleError):
            raise DataError(
                f"cannot go on from a damaged checkpoint: {path}", hint="remove it to start anew"
            ) from None
        if run != self._run():
            raise DataError(
                f"the checkpoint is of a run with other settings or data: {path}",
                hint="remove it, or choose another --out",
            )
        self.history, self.commit, self.best = history, saved["commit"], saved["best"]
        for name, part in self._parts().items():
            part.load_state_dict(saved[name])

    def _run(self) -> dict[str, Any]:
        return asdict(self.config) | {"data": self.data}

    def _parts(self) -> dict[str, Any]:
        return {
            "network": self.network,
            "average": self.average,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
        }


def steps(config: TrainingConfig) -> int:
    """Count the batches of a whole run."""
    return config.epochs * epoch_steps(config)


def epoch_steps(config: TrainingConfig) -> int:
    """Count the batches of an epoch."""
    return math.ceil(config.epoch_pictures / config.batch_size)


@torch.inference_mode()
def accuracy(network: nn.Module, digits: Digits) -> float:
    """Return the share, 0–1, of pictures whose most probable digit is the label.

    Args:
        network: see `train`.
        digits: of 28×28, framed.
    """
    network.eval()
    device = next(network.parameters()).device
    right = 0
    for start in range(0, len(digits), 500):
        pictures = torch.from_numpy(digits.pictures[start : start + 500].copy()).to(device)
        best = network(pictures[:, None].float() / 255)[:, :10].argmax(dim=1).cpu()
        right += int((best == torch.from_numpy(digits.labels[start : start + 500])).sum())
    return right / len(digits)


def _optimizer(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    if config.optimizer == "sgd":
        return torch.optim.SGD(
            network.parameters(),
            lr=config.learning_rate,
            momentum=0.9,
            nesterov=True,
            weight_decay=config.weight_decay,
        )
    return torch.optim.AdamW(
        network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
    )


def _moving_average(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """Average exponentially, over fewer steps at first, so that the start is soon forgotten."""

    def average(averaged: Tensor, current: Tensor, step: Tensor | int) -> Tensor:
        if not current.is_floating_point():
            return current  # the counter of batch norm
        keep = min(decay, (1 + int(step)) / (10 + int(step)))
        return torch.lerp(current, averaged, keep)

    return average

"""The training loop: augmented batches in, averaged weights and a history out."""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from inkread.data.digits import Digits
from inkread.training.augment import augment
from inkread.training.config import TrainingConfig

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training pictures came to.

    Attributes:
        number: counted from 1.
        loss: mean cross-entropy of its training batches, in nats.
        validation_accuracy: 0–1, of the averaged weights, on the held-out pictures.
        learning_rate: at its end.
        seconds: since training began.
    """

    number: int
    loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


def train(
    network: nn.Module,
    digits: Digits,
    config: TrainingConfig,
    on_step: Callable[[], None] = lambda: None,
    on_epoch: Callable[[Epoch], None] = lambda _: None,
) -> tuple[nn.Module, list[Epoch]]:
    """Train a network and return its averaged weights.

    Args:
        network: maps ink, shape (batch, 1, 28, 28), to logits, shape (batch, 10).
        digits: the training pictures; some are held out for watching the accuracy.
        config: see there.
        on_step: called after every batch.
        on_epoch: called with the figures of every epoch.

    Returns:
        The network with the exponential moving average of its weights, on the CPU, and the
        figures of each epoch.
    """
    rng = np.random.default_rng(config.seed)
    training, validation = _split(digits, config.validation_pictures, rng)
    learner = _Learner(network, config, steps(len(digits), config))
    history: list[Epoch] = []
    started = time.monotonic()
    for number in range(1, config.epochs + 1):
        losses = []
        for pictures, labels in _batches(training, config.batch_size, rng):
            losses.append(learner.step(pictures, labels))
            on_step()
        history.append(
            Epoch(
                number,
                loss=float(torch.stack(losses).mean()),
                validation_accuracy=accuracy(learner.average.module, validation),
                learning_rate=float(learner.schedule.get_last_lr()[0]),
                seconds=time.monotonic() - started,
            )
        )
        on_epoch(history[-1])
    return learner.average.module.cpu().eval(), history


class _Learner:
    """A network on its device, with all that changes it."""

    def __init__(self, network: nn.Module, config: TrainingConfig, total_steps: int) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.to(self.device)
        self.average = AveragedModel(
            self.network, avg_fn=_moving_average(config.ema_decay), use_buffers=True
        )
        self.optimizer = torch.optim.AdamW(network.parameters(), weight_decay=config.weight_decay)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, config.learning_rate, total_steps, pct_start=0.2
        )

    def step(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Learn from one batch and return its loss."""
        self.network.train()
        pictures = pictures.to(self.device, memory_format=torch.channels_last)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            logits = self.network(pictures)
        loss = functional.cross_entropy(logits.float(), labels.to(self.device))
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        self.schedule.step()
        self.average.update_parameters(self.network)
        return loss.detach()


def steps(picture_count: int, config: TrainingConfig) -> int:
    """Count the batches of a whole run over that many pictures."""
    training = picture_count - config.validation_pictures
    return config.epochs * math.ceil(training / config.batch_size)


@torch.inference_mode()
def accuracy(network: nn.Module, digits: Digits) -> float:
    """Return the share, 0–1, of pictures whose most probable class is the label."""
    network.eval()
    device = next(network.parameters()).device
    right = 0
    for start in range(0, len(digits), 500):
        pictures = torch.from_numpy(digits.pictures[start : start + 500].copy()).to(device)
        best = network(pictures[:, None].float() / 255).argmax(dim=1).cpu()
        right += int((best == torch.from_numpy(digits.labels[start : start + 500])).sum())
    return right / len(digits)


def _moving_average(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """Average exponentially, over fewer steps at first, so that the start is soon forgotten."""

    def average(averaged: Tensor, current: Tensor, step: Tensor | int) -> Tensor:
        if not current.is_floating_point():
            return current  # the counter of batch norm
        keep = min(decay, (1 + int(step)) / (10 + int(step)))
        return torch.lerp(current, averaged, keep)

    return average


def _split(digits: Digits, held_out: int, rng: np.random.Generator) -> tuple[Digits, Digits]:
    order = rng.permutation(len(digits))
    return _take(digits, order[held_out:]), _take(digits, order[:held_out])


def _take(digits: Digits, rows: np.ndarray) -> Digits:
    return Digits(digits.pictures[rows], digits.labels[rows])


def _batches(digits: Digits, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield shuffled, augmented batches, the next ones made while the network learns."""
    order = rng.permutation(len(digits))
    chunks = [order[start : start + size] for start in range(0, len(order), size)]
    seeds = rng.spawn(len(chunks))
    with ThreadPoolExecutor(1) as pool:
        waiting: list[Future[Batch]] = []
        for rows, seed in zip(chunks, seeds, strict=True):
            waiting.append(pool.submit(_batch, digits, rows, seed))
            if len(waiting) > 8:
                yield waiting.pop(0).result()
        for batch in waiting:
            yield batch.result()


def _batch(digits: Digits, rows: np.ndarray, rng: np.random.Generator) -> Batch:
    cv2.setNumThreads(1)
    inks = np.stack([augment(digits.pictures[row], rng) for row in rows])
    return torch.from_numpy(inks[:, None]), torch.from_numpy(digits.labels[rows])

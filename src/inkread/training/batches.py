"""Augmented batches, made by other processes while the network learns."""

import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inkread.training.config import TrainingConfig

AHEAD = 16  # batches in the making
Arrays = tuple[NDArray[np.uint8], NDArray[Any]]


class Maker(Protocol):
    """What makes training pictures: a mixture of digits, or pages."""

    def batch(self, size: int, rng: np.random.Generator) -> Arrays:
        """Return pictures, and what is to be learned of each.

        Their shape is (size, height, width), or (size, planes, height, width).
        """
        ...


_maker: Maker | None = None  # in each process, its own


class Batches:
    """The batches of a run: the same for the same seed, however many processes make them."""

    def __init__(self, maker: Maker, config: TrainingConfig) -> None:
        self.config = config
        # Fresh processes: a fork would copy torch's threads in the middle of their work.
        self._pool = ProcessPoolExecutor(
            min(os.cpu_count() or 1, AHEAD),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_take_in,
            initargs=(maker,),
        )

    def of_epoch(self, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield an epoch's pictures, uint8, and their labels.

        The pictures' shape is (batch, planes, height, width).
        """
        config = self.config
        count = math.ceil(config.epoch_pictures / config.batch_size)
        seeds = iter([(config.seed, number, step) for step in range(count)])
        waiting: list[Future[Arrays]] = []
        for _ in range(count):
            while len(waiting) < AHEAD and (seed := next(seeds, None)) is not None:
                waiting.append(self._pool.submit(_make, config.batch_size, seed))
            pictures, labels = waiting.pop(0).result()
            planes = pictures if pictures.ndim == 4 else pictures[:, None]
            yield torch.from_numpy(planes), torch.from_numpy(labels)

    def close(self) -> None:
        """Stop the processes."""
        self._pool.shutdown(cancel_futures=True)


def _take_in(maker: Maker) -> None:
    global _maker  # noqa: PLW0603  # a process's way to keep what every batch needs
    # The threads of the network wait for each other: none may have to wait for a batch as well.
    if hasattr(os, "nice"):
        os.nice(19)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is stopped is the run; it ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _maker = maker


def _end_with_parent() -> None:
    """Leave when the run is killed: the pool alone would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _make(size: int, seed: tuple[int, ...]) -> Arrays:
    if _maker is None:
        raise RuntimeError("the process was not set up")
    return _maker.batch(size, np.random.default_rng(seed))

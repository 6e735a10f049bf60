"""Networks that teach another one: what they say of a picture is part of what it learns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkread.engine import Engine, softmax
from inkread.errors import DataError
from inkread.ink import CANVAS_PX, Ink
from inkread.training.batches import Maker
from inkread.training.card import sha256
from inkread.training.networks import LOGITS

HALF = 0.5  # of the probability: with more, teachers agree to a label


@dataclass(frozen=True)
class Taught:
    """Makes the pictures of another maker, with what teachers say of them mixed into the labels.

    Where they are more against a label than for it, it counts alone: it may be of a shape that is
    new to them.

    Attributes:
        maker: of inks of 28×28, with labels 0–10.
        teachers: ONNX files of digit networks; what they say is averaged.
        share: 0–1, of their word beside that of the label.

    Source:
        Hinton, Vinyals & Dean, "Distilling the knowledge in a neural network", 2015. Their logits
        are made no softer: worn pictures are doubtful enough.
    """

    maker: Maker
    teachers: Sequence[Path]
    share: float

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return inks, shape (size, 28, 28), and probabilities to learn, shape (size, 11)."""
        pictures, labels = self.maker.batch(size, rng)
        inks = np.divide(pictures, 255, dtype=np.float32)
        said = np.mean([_said(each, inks) for each in self.teachers], axis=0)
        known = np.eye(LOGITS, dtype=np.float32)[labels]
        agreed = said[np.arange(size), labels, None] > HALF
        return pictures, known + np.float32(self.share) * agreed * (said - known)


def check(teachers: Sequence[Path]) -> None:
    """Raise unless every teacher is a network that also knows what is no digit.

    Raises:
        ModelError: a file is missing or no digit network.
        DataError: a network takes everything for a digit.
    """
    blank = np.zeros((1, CANVAS_PX, CANVAS_PX), np.float32)
    for each in teachers:
        if _engine(each).logits(blank).shape[1] != LOGITS:
            raise DataError(f"cannot teach what is no digit, not knowing it: {each}")


def _said(path: Path, inks: Ink) -> NDArray[np.float32]:
    """Return the probabilities that a teacher gives, shape (count, 11)."""
    temperature, shift = _calibration(path)
    logits = _engine(path).logits(inks) * np.float32(temperature)
    logits[:, -1] -= shift
    return softmax(logits)


@cache
def _engine(path: Path) -> Engine:
    return Engine(path)  # one for each process that makes batches


@cache
def _calibration(path: Path) -> tuple[float, float]:
    """Return a network's temperature and shift; 1 and 0 where no card tells them.

    They were fitted on sets to choose by, which are not to be learned.
    """
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        known = card["calibration"] if card["sha256"] == sha256(path) else {}
        return float(known.get("temperature", 1)), float(known.get("shift", 0))
    except (OSError, ValueError, LookupError, TypeError):
        return 1.0, 0.0

"""MNIST as the publisher gives it, for tests: nothing here comes from `inkread`."""

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def pictures(data: Path, split: str) -> NDArray[np.uint8]:
    """Return shape (count, 28, 28) of the split `train` or `t10k`."""
    return _idx(data / "mnist" / f"{split}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)


def labels(data: Path, split: str) -> NDArray[np.uint8]:
    """Return shape (count,) of the split `train` or `t10k`."""
    return _idx(data / "mnist" / f"{split}-labels-idx1-ubyte.gz", 8)


def _idx(path: Path, offset: int) -> NDArray[np.uint8]:
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=offset)

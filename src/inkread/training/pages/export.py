"""The networks that take pictures of any size → ONNX; in that of pages lies the calibration."""

import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper
from torch import nn

from inkread.naming import Calibration
from inkread.picture import Grey
from inkread.strips import STRIP_PX
from inkread.training.export import quantise, write_onnx

_SIDES_PX = (64, 128)  # of the example; pages may have any
_LAYERS = ("Conv", "Gemm", "MatMul")


def export_page(network: nn.Module, pages: Iterable[Grey], path: Path) -> None:
    """Write a page network, in evaluation mode, as one ONNX file that takes pages of any size.

    Args:
        network: that finds signs.
        pages: normalised, as it will meet them; they set the ranges of its 8 bits.
        path: the file.
    """
    rows, columns = (8 * torch.export.Dim(name, min=2) for name in ("rows", "columns"))
    example = torch.zeros(1, 1, *_SIDES_PX)
    sizes, names = {2: rows, 3: columns}, ("page", "maps")
    _in_bytes(partial(write_onnx, network, example, sizes, names), pages, path)


def export_line(network: nn.Module, strips: Iterable[Grey], path: Path) -> None:
    """Write a line network, in evaluation mode, as one ONNX file that takes strips of any width.

    Args:
        network: that reads numbers as a whole.
        strips: of numbers, as it will meet them; they set the ranges of its 8 bits.
        path: the file.
    """
    columns = 8 * torch.export.Dim("columns", min=2)
    example = torch.zeros(1, 1, STRIP_PX, _SIDES_PX[1])
    sizes, names = {3: columns}, ("strip", "steps")
    _in_bytes(partial(write_onnx, network, example, sizes, names), strips, path)


def calibrate(path: Path, calibration: Calibration) -> None:
    """Write a calibration into the file of a network."""
    model = onnx.load(path)
    helper.set_model_props(model, {"calibration": json.dumps(asdict(calibration))})
    onnx.save_model(model, path)


def _in_bytes(write: Callable[[Path], object], pictures: Iterable[Grey], path: Path) -> None:
    """Write a network that computes with 8 bits, but for its first and its last layer."""
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "exact.onnx"
        write(exact)
        layers = [each.name for each in onnx.load(exact).graph.node if each.op_type in _LAYERS]
        shares = (np.divide(each[None, None], 255, dtype=np.float32) for each in pictures)
        quantise(exact, shares, path, kept=(layers[0], layers[-1]), averaged=True)

"""The networks that take pictures of any size → ONNX; in that of pages lies the calibration."""

import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

from inkread.naming import Calibration
from inkread.strips import STRIP_PX
from inkread.training.export import write_onnx

_SIDES_PX = (64, 128)  # of the example; pages may have any
_FEW = 1_000  # weights that stay as they are
FLOAT = onnx.TensorProto.FLOAT


def export_page(network: nn.Module, path: Path) -> None:
    """Write a page network, in evaluation mode, as one ONNX file that takes pages of any size."""
    rows, columns = (8 * torch.export.Dim(name, min=2) for name in ("rows", "columns"))
    example = torch.zeros(1, 1, *_SIDES_PX)
    write_onnx(network, example, {2: rows, 3: columns}, ("page", "maps"), path)
    _in_bytes(path)


def export_line(network: nn.Module, path: Path) -> None:
    """Write a line network, in evaluation mode, as one ONNX file that takes strips of any width."""
    columns = 8 * torch.export.Dim("columns", min=2)
    example = torch.zeros(1, 1, STRIP_PX, _SIDES_PX[1])
    write_onnx(network, example, {3: columns}, ("strip", "steps"), path)
    _in_bytes(path)


def calibrate(path: Path, calibration: Calibration) -> None:
    """Write a calibration into the file of a network."""
    model = onnx.load(path)
    helper.set_model_props(model, {"calibration": json.dumps(asdict(calibration))})
    onnx.save_model(model, path)


def _in_bytes(path: Path) -> None:
    """Store a network's weights with 8 bits; it goes on to compute with 32.

    Each channel of what they give has a scale of its own.
    """
    model = onnx.load(path)
    graph = model.graph
    large = [each for each in graph.initializer if each.data_type == FLOAT and _size(each) > _FEW]
    nodes = []
    for stored in large:
        weights, name = numpy_helper.to_array(stored), stored.name
        largest = np.abs(weights).max(axis=tuple(range(1, weights.ndim)), keepdims=True)
        scale = np.maximum(largest / 127, np.finfo(np.float32).tiny).astype(np.float32)
        parts = {"quantized": np.round(weights / scale).astype(np.int8), "scale": scale}
        graph.initializer.remove(stored)
        graph.initializer.extend(
            numpy_helper.from_array(values, f"{name}_{part}") for part, values in parts.items()
        )
        nodes += [
            helper.make_node("Cast", [f"{name}_quantized"], [f"{name}_float"], to=FLOAT),
            helper.make_node("Mul", [f"{name}_float", f"{name}_scale"], [name]),
        ]
    nodes += graph.node
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save_model(model, path)


def _size(weights: onnx.TensorProto) -> int:
    return math.prod(weights.dims)

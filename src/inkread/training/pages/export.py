"""The page network → ONNX, with its calibration inside."""

import json
from dataclasses import asdict
from pathlib import Path

import onnx
import torch
from torch import nn

from inkread.naming import Calibration
from inkread.training.export import write_onnx

_SIDES_PX = (64, 128)  # of the example; pages may have any


def export_onnx(network: nn.Module, path: Path) -> None:
    """Write a page network, in evaluation mode, as one ONNX file that takes pages of any size."""
    rows, columns = (8 * torch.export.Dim(name, min=2) for name in ("rows", "columns"))
    example = torch.zeros(1, 1, *_SIDES_PX)
    write_onnx(network, example, {2: rows, 3: columns}, ("page", "maps"), path)


def calibrate(path: Path, calibration: Calibration) -> None:
    """Write a calibration into the file of a network."""
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {"calibration": json.dumps(asdict(calibration))})
    onnx.save_model(model, path)

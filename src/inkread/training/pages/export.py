"""The page network → ONNX, with its calibration inside."""

import json
import logging
import warnings
from dataclasses import asdict
from pathlib import Path

import onnx
import torch
from torch import nn

from inkread.naming import Calibration

_SIDES_PX = (64, 128)  # of the example; pages may have any


def export_onnx(network: nn.Module, path: Path) -> None:
    """Write a page network, in evaluation mode, as one ONNX file that takes pages of any size."""
    example = torch.zeros(1, 1, *_SIDES_PX)
    sides = {2: 8 * torch.export.Dim("rows", min=2), 3: 8 * torch.export.Dim("columns", min=2)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(
            network.eval(),
            (example,),
            input_names=["page"],
            output_names=["maps"],
            dynamic_shapes=(sides,),
            verbose=False,
        )
    if program is None:
        raise TypeError("the exporter returned nothing")  # only the older one does
    model = program.model_proto
    for node in model.graph.node:
        del node.metadata_props[:]
    onnx.save_model(model, path)


def calibrate(path: Path, calibration: Calibration) -> None:
    """Write a calibration into the file of a network."""
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {"calibration": json.dumps(asdict(calibration))})
    onnx.save_model(model, path)

"""A trained network → an ONNX file that gives the same logits."""

import logging
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from inkread.engine import Engine, softmax
from inkread.ink import CANVAS_PX, Ink


def export_onnx(network: nn.Module, path: Path) -> None:
    """Write a network, in evaluation mode, as one ONNX file that takes batches of any size."""
    example = torch.zeros(2, 1, CANVAS_PX, CANVAS_PX)
    # The exporter says that torchvision is missing, which is not needed, and warns of its own code.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(
            network.eval(),
            (example,),
            input_names=["ink"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            verbose=False,
        )
    if program is None:
        raise TypeError("the exporter returned nothing")  # only the older one does
    onnx.save_model(_without_traces(program.model_proto), path)


def _without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drop the exporter's notes on where in the source each node came from, half of the nodes."""
    for node in model.graph.node:
        del node.metadata_props[:]
    return model


def largest_difference(network: nn.Module, path: Path, inks: Ink) -> float:
    """Compare the probabilities of a network and of its ONNX file.

    Args:
        network: in evaluation mode, on the CPU.
        path: its ONNX file.
        inks: shape (count, 28, 28), float32, 0–1.

    Returns:
        The largest absolute difference of a probability, 0–1.
    """
    with torch.inference_mode():
        logits = network(torch.from_numpy(inks)[:, None]).numpy()
    ours = softmax(logits)
    return float(np.abs(ours - Engine(path).probabilities(inks)[:, : ours.shape[1]]).max())

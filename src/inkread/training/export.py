"""A trained network → an ONNX file of 8-bit integers that answers the same."""

import logging
import warnings
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime import quantization
from torch import Tensor, nn

from inkread.engine import softmax
from inkread.ink import CANVAS_PX, Ink

_NEWEST = 0.02  # weight of each next batch in moving averages: about fifty batches count


class Calibrated(nn.Module):
    """A network whose logits are divided by a temperature, the last one shifted before.

    Attributes:
        temperature: over 1 makes the network less sure, under 1 surer.
        shift: added to the logit of what is no digit; under 0 takes more for digits.
    """

    def __init__(self, network: nn.Module, temperature: float, shift: float) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("scale", torch.full((1,), 1 / temperature))
        self.register_buffer("shift", torch.tensor([0.0] * 10 + [shift]))

    def forward(self, ink: Tensor) -> Tensor:
        logits: Tensor = (self.network(ink) + self.shift) * self.scale
        return logits


def export_onnx(network: nn.Module, path: Path, planes: int = 1) -> None:
    """Write a digit network, in evaluation mode, as one ONNX file that takes any batch."""
    example = torch.zeros(2, planes, CANVAS_PX, CANVAS_PX)
    write_onnx(network, example, {0: torch.export.Dim("batch")}, ("ink", "logits"), path)


def write_onnx(
    network: nn.Module,
    example: Tensor,
    free: Mapping[int, object],
    names: tuple[str, str],
    path: Path,
) -> None:
    """Write a network, in evaluation mode, as one ONNX file.

    Args:
        network: of one input and one output.
        example: of the input.
        free: the dimensions of the input that may have another size, each as `torch.export` has it.
        names: of the input and of the output.
        path: the file to write.
    """
    # The exporter says that torchvision is missing, which is not needed, and warns of its own code.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        # With channels last, as it is trained, pooling would come out as ten small steps.
        network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # in 2.13
        program = torch.onnx.export(
            network.eval(),
            (example,),
            input_names=[names[0]],
            output_names=[names[1]],
            dynamic_shapes=(free,),
            verbose=False,
        )
    if program is None:
        raise TypeError("the exporter returned nothing")  # only the older one does
    onnx.save_model(_without_traces(program.model_proto), path)


def quantise(
    exact: Path,
    batches: Iterable[NDArray[np.float32]],
    path: Path,
    kept: Collection[str] = (),
    *,
    averaged: bool = False,
) -> None:
    """Write a network of one input again with weights and activations of 8 bits.

    Weights take 7 of the 8 bits: processors without VNNI instructions overflow on all 8.

    Args:
        exact: the network as ONNX, 32 bits.
        batches: of its input, as the network will meet it; they set the ranges.
        path: the file to write.
        kept: names of nodes that go on to compute with 32 bits.
        averaged: whether a range is the moving average of those of the batches, which hardly
            depends on which they are; else it holds all of theirs.
    """
    moving = {"CalibMovingAverage": True, "CalibMovingAverageConstant": _NEWEST}
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it would advise to prepare the model, which is not needed
    (taken,) = onnx.load(exact).graph.input
    try:
        quantization.quantize_static(
            exact,
            path,
            _Batches(taken.name, batches),
            quant_format=quantization.QuantFormat.QDQ,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=list(kept),
            extra_options=moving if averaged else {},
        )
    finally:
        root.setLevel(level)
    onnx.save_model(_without_traces(onnx.load(path)), path)


class _Batches(quantization.CalibrationDataReader):  # type: ignore[misc]  # it has no types
    """Hands batches to the quantiser."""

    def __init__(self, name: str, batches: Iterable[NDArray[np.float32]]) -> None:
        self.name, self.batches = name, iter(batches)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        batch = next(self.batches, None)
        return None if batch is None else {self.name: batch}


def _without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drop the exporter's notes on where in the source each node came from, half of the nodes."""
    for node in model.graph.node:
        del node.metadata_props[:]
    return model


@torch.inference_mode()
def logits(network: nn.Module, inks: Ink) -> np.ndarray:
    """Return the logits, shape (count, 11), of inks, 0–1.

    Args:
        network: that sees one plane, or several.
        inks: shape (count, 28, 28), or (count, planes, 28, 28).
    """
    network.eval()
    inks = in_planes(inks)
    parts = [inks[start : start + 500] for start in range(0, len(inks), 500)]
    return torch.cat([network(torch.from_numpy(part)) for part in parts]).numpy()


def probabilities(network: nn.Module, inks: Ink) -> np.ndarray:
    """Return the probabilities, shape (count, 11), of inks, as `logits` takes them."""
    return softmax(logits(network, inks))


def in_planes(inks: Ink) -> Ink:
    """Return inks with their planes, shape (count, planes, 28, 28), even if it is only one."""
    return inks if inks.ndim == 4 else inks[:, None]

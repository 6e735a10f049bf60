"""The bundled network as other makers might have exported it: other shapes, pixels and outputs."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

import inkread

BUNDLED = Path(inkread.__file__).parent / "weights" / "digit.onnx"
Shape = tuple[int | str, ...]


def value(name: str, shape: Shape, kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def graph(
    nodes: list[onnx.NodeProto],
    taken: list[onnx.ValueInfoProto],
    given: list[onnx.ValueInfoProto],
    **constants: Any,
) -> onnx.ModelProto:
    """Return a model of these nodes."""
    arrays = [numpy_helper.from_array(np.asarray(each), name) for name, each in constants.items()]
    built = helper.make_graph(nodes, "graph", taken, given, arrays)
    return helper.make_model(built, ir_version=10, opset_imports=[helper.make_opsetid("", 20)])


def variant(
    shape: Shape = ("batch", 1, 28, 28),
    *,
    factor: float = 1,
    offset: float = 0,
    output: str = "logits",
) -> onnx.ModelProto:
    """Return the bundled network for pixels = factor × ink + offset of a shape.

    Args:
        shape: with the batch.
        factor: of the ink.
        offset: of the ink.
        output: `logits`, `Softmax` or `Sigmoid`.
    """
    bundled = onnx.load_model(BUNDLED)
    front = graph(
        [
            helper.make_node("Sub", ["pixels", "offset"], ["moved"]),
            helper.make_node("Div", ["moved", "factor"], ["ink_of_them"]),
            helper.make_node("Reshape", ["ink_of_them", "shape"], ["framed"]),
        ],
        [value("pixels", shape)],
        [value("framed", (shape[0], 1, 28, 28))],
        factor=np.float32(factor),
        offset=np.float32(offset),
        shape=np.array([1 if shape[0] == 1 else -1, 1, 28, 28]),
    )
    ends = [(bundled.graph.input[0].name, bundled.graph.output[0].name)]
    merged = compose.merge_models(front, bundled, [("framed", ends[0][0])])
    count = bundled.graph.output[0].type.tensor_type.shape.dim[1].dim_value
    if output != "logits":
        given = (shape[0], count)
        back = graph(
            [helper.make_node(output, ["scores"], ["shares"])],
            [value("scores", given)],
            [value("shares", given)],
        )
        merged = compose.merge_models(merged, back, [(ends[0][1], "scores")])
    if shape[0] == 1:
        merged.graph.output[0].type.tensor_type.shape.dim[0].dim_value = 1
    return merged


def saved(model: onnx.ModelProto, path: Path) -> Path:
    onnx.save_model(model, path)
    return path

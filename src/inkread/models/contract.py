"""An ONNX model of another maker → one that takes ink and gives logits, as the engine needs it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, compose, helper, inliner, numpy_helper, shape_inference

from inkread.errors import ModelError
from inkread.ink import CANVAS_PX

# Of what a model may take and give, without the batch.
SHAPES = ((1, CANVAS_PX, CANVAS_PX), (CANVAS_PX, CANVAS_PX, 1), (CANVAS_PX, CANVAS_PX), (784,))
OUTPUTS = ((10,), (11,))
OLDEST_OPSET = 7  # the first in which Mul and Add stretch their inputs
MOST_NODES = 20_000
MOST_CALLS = 100  # of functions, one in another
PLAIN = ("", "ai.onnx")  # names of the domain of ONNX's own operators
NEVER_ENDING = {"Loop", "Scan", "SequenceMap"}
LEAST = 1e-30  # a probability under it, so that its logarithm is finite


@dataclass(frozen=True)
class Scale:
    """A range of pixels that models are trained on: factor × ink + offset."""

    name: str
    factor: float
    offset: float


MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's pixels, as PyTorch's examples have them
LIGHT = (
    Scale("0..1", 1, 0),
    Scale("0..255", 255, 0),
    Scale("-1..1", 2, -1),
    Scale("standardised", 1 / DEVIATION, -MEAN / DEVIATION),
)
DARK = tuple(Scale(f"{each.name}-dark", -each.factor, each.offset + each.factor) for each in LIGHT)
SCALES = {each.name: each for each in (*LIGHT, *DARK)}  # ink is light unless it is said to be dark
USUAL = LIGHT[0]


def parsed(content: bytes, about: str) -> onnx.ModelProto:
    """Read an ONNX model that is whole in itself and always comes to an end.

    Args:
        content: of the file.
        about: the file's name, for messages.

    Raises:
        ModelError: it is none, keeps numbers in other files, or has operators of its own.
    """
    try:
        packed = onnx.load_model_from_string(content)
    except Exception:  # noqa: BLE001  # protobuf's and onnx's C++ raise classes of their own
        raise ModelError(f"needs an ONNX model, got something else: {about}") from None
    if _unfolded(packed) > MOST_NODES:
        raise ModelError(f"needs a model of at most {MOST_NODES:,} nodes, got more: {about}")
    try:
        model = inliner.inline_local_functions(packed)
    except Exception:  # noqa: BLE001  # as above
        raise ModelError(f"needs an ONNX model, got something else: {about}") from None
    if not model.graph.node:
        raise ModelError(f"needs an ONNX model, got something else: {about}")
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in _tensors(model.graph)):
        raise ModelError(
            f"needs a model in one file, got one that keeps its numbers in others: {about}",
            hint="onnx.save_model(onnx.load_model(FILE), FILE) puts them all into one",
        )
    for node in _nodes(model.graph.node):
        if node.domain not in PLAIN or node.op_type in NEVER_ENDING:
            raise ModelError(f"needs a model of plain operators, got {node.op_type}: {about}")
    opset = max(each.version for each in (*model.opset_import, onnx.OperatorSetIdProto())
                if each.domain in PLAIN)  # fmt: skip
    if opset < OLDEST_OPSET:
        raise ModelError(f"needs ONNX's opset {OLDEST_OPSET} or newer, got {opset}: {about}")
    return model


def _unfolded(model: onnx.ModelProto) -> int:
    """Count the nodes that a model has once its functions, which call each other, are unfolded."""
    functions = {(each.domain, each.name): each for each in model.functions}
    sizes: dict[tuple[str, str], int] = {}

    def size(nodes: Iterable[onnx.NodeProto], depth: int) -> int:
        if depth > min(len(functions), MOST_CALLS):
            return MOST_NODES + 1  # deeper than any real model, or in a ring
        total = 0
        for node in _nodes(nodes):
            key = (node.domain, node.op_type)
            if key in functions and key not in sizes:
                sizes[key] = size(functions[key].node, depth + 1)
            total = min(total + sizes.get(key, 1), MOST_NODES + 1)
        return total

    return size(model.graph.node, 0)


def _nodes(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    """Yield nodes with those of the graphs in them."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _nodes(inner.node)


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    graphs = [graph]
    for node in _nodes(graph.node):
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            graphs += [attribute.g, *attribute.graphs]
    for each in graphs:
        yield from each.initializer
        for sparse in each.sparse_initializer:
            yield from (sparse.values, sparse.indices)


def parameters(model: onnx.ModelProto) -> int:
    """Count the numbers in a model."""
    kinds = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT8}  # the last where quantised
    tensors = [tensor for tensor in _tensors(model.graph) if tensor.data_type in kinds]
    return sum(int(np.prod(tensor.dims, dtype=object)) for tensor in tensors)


def adapted(
    model: onnx.ModelProto, about: str, scale: Scale = USUAL, *, probabilities: bool = False
) -> onnx.ModelProto:
    """Return a model that takes ink, (batch, 1, 28, 28), and gives logits, (batch, 10 or 11).

    Args:
        model: as `parsed` returns it.
        about: its file's name, for messages.
        scale: of the pixels that it takes.
        probabilities: whether it gives these; logits are their logarithms.

    Raises:
        ModelError: it takes or gives something of another shape or type, or is damaged.
    """
    inner = onnx.ModelProto()
    inner.CopyFrom(model)
    try:
        taken, given = _checked_ends(inner, about)
        _take_any_batch(inner, taken)
        front = _front(inner, scale, _shape(taken)[1:])
        merged = compose.merge_models(front, inner, [("shaped", taken.name)], prefix2="model/")
        if probabilities:
            back = _back(inner)
            merged = compose.merge_models(merged, back, [(f"model/{given.name}", "probabilities")])
    except (ValueError, LookupError, RuntimeError, onnx.checker.ValidationError) as error:
        raise ModelError(f"the model is damaged, {first_line(error)}: {about}") from None
    name = merged.graph.output[0].name
    del merged.graph.value_info[:]  # what it said of its inner shapes may hold for one picture only
    merged.graph.output[0].CopyFrom(_float(name, ["batch", _shape(given)[1]]))
    return merged


def first_line(error: object) -> str:
    """Return the first line of what a library says is wrong, as part of a message."""
    return (str(error).strip().splitlines() or ["it says nothing"])[0].rstrip(".")


def _checked_ends(
    model: onnx.ModelProto, about: str
) -> tuple[onnx.ValueInfoProto, onnx.ValueInfoProto]:
    """Return the input and the output of a model, where these are of a shape known here."""
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in constants]
    outputs = list(_inferred(model).graph.output)
    shapes = [_shape(each) for each in (*inputs, *outputs)]
    kinds = {each.type.tensor_type.elem_type for each in (*inputs, *outputs)}
    if (
        len(inputs) != 1
        or len(outputs) != 1
        or kinds != {TensorProto.FLOAT}
        or shapes[0][:1] not in (("batch",), (1,))
        or shapes[0][1:] not in SHAPES
        or shapes[1][1:] not in OUTPUTS
    ):
        raise ModelError(
            "needs a model from float(batch, 1, 28, 28), (batch, 28, 28, 1), (batch, 28, 28) or "
            f"(batch, 784) to float(batch, 10) or (batch, 11), got {_listed(inputs)} "
            f"to {_listed(outputs)}: {about}"
        )
    return inputs[0], outputs[0]


def _inferred(model: onnx.ModelProto) -> onnx.ModelProto:
    try:
        return shape_inference.infer_shapes(model)
    except (RuntimeError, ValueError, shape_inference.InferenceError):
        return model  # whoever runs it will say what is wrong with it


def _shape(end: onnx.ValueInfoProto) -> tuple[int | str, ...]:
    """Return the axes of a tensor; a first one of any length is `batch`, another one `?`."""
    axes = [
        axis.dim_value if axis.dim_value > 0 else "?" for axis in end.type.tensor_type.shape.dim
    ]
    return ("batch" if axes[0] == "?" else axes[0], *axes[1:]) if axes else ()


def _listed(ends: list[onnx.ValueInfoProto]) -> str:
    kinds = [helper.tensor_dtype_to_string(each.type.tensor_type.elem_type) for each in ends]
    written = [
        f"{kind.rpartition('.')[2].lower()}({', '.join(map(str, _shape(each)))})"
        for kind, each in zip(kinds, ends, strict=True)
    ]
    return " and ".join(written) or "nothing"


def _take_any_batch(model: onnx.ModelProto, taken: onnx.ValueInfoProto) -> None:
    """Let a model that was exported for one picture take many, where it only reshapes that one."""
    if _shape(taken)[0] != 1:
        return
    end = next(each for each in model.graph.input if each.name == taken.name)
    del model.graph.value_info[:]
    for each in (end, *model.graph.output):
        if each.type.tensor_type.shape.dim:
            each.type.tensor_type.shape.dim[0].dim_param = "batch"
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    reshapes = [node for node in model.graph.node if node.op_type == "Reshape"]
    for node in reshapes:
        shape = constants.get(node.input[1])
        if shape is None or node.input[0] in constants:
            continue
        axes = numpy_helper.to_array(shape).copy()
        if axes.size and axes[0] == 1:
            axes[0] = 0  # as long as the first axis of what is reshaped
            constants[node.input[1]].CopyFrom(numpy_helper.from_array(axes, shape.name))


def _front(like: onnx.ModelProto, scale: Scale, shape: tuple[int | str, ...]) -> onnx.ModelProto:
    """Return the part that comes before a model: ink → pixels of its scale and shape."""
    nodes = [
        _constant("factor", np.array(scale.factor, np.float32)),
        _constant("offset", np.array(scale.offset, np.float32)),
        _constant("shape", np.array([-1, *shape], np.int64)),
        helper.make_node("Mul", ["ink", "factor"], ["stretched"]),
        helper.make_node("Add", ["stretched", "offset"], ["scaled"]),
        helper.make_node("Reshape", ["scaled", "shape"], ["shaped"]),
    ]
    ends = _float("ink", ["batch", 1, CANVAS_PX, CANVAS_PX]), _float("shaped", ["batch", *shape])
    return _part(like, nodes, *ends)


def _back(like: onnx.ModelProto) -> onnx.ModelProto:
    """Return the part that comes after a model: probabilities → logits."""
    nodes = [
        _constant("least", np.array(LEAST, np.float32)),
        helper.make_node("Max", ["probabilities", "least"], ["positive"]),
        helper.make_node("Log", ["positive"], ["logits"]),
    ]
    ends = _float("probabilities", ["batch", "count"]), _float("logits", ["batch", "count"])
    return _part(like, nodes, *ends)


def _constant(name: str, value: NDArray[np.generic]) -> onnx.NodeProto:
    # A node, since the oldest models want their initializers among the inputs.
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))


def _float(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _part(
    like: onnx.ModelProto,
    nodes: list[onnx.NodeProto],
    taken: onnx.ValueInfoProto,
    given: onnx.ValueInfoProto,
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "part", [taken], [given])
    return helper.make_model(graph, ir_version=like.ir_version, opset_imports=like.opset_import)

"""Models that are not imported: of other shapes, hostile, damaged, or none at all."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from inkread import ModelError
from inkread.models import collection
from inkread.models.importing import import_model
from inkread.settings import Settings
from tests.models.variants import BUNDLED, Shape, graph, saved, value, variant


def refusal(path: Path, settings: Settings) -> ModelError:
    """Return why a file is not imported."""
    with pytest.raises(ModelError) as caught:
        import_model(path, "mine", settings)
    return caught.value


def identity(taken: Shape, given: Shape, kind: int = TensorProto.FLOAT) -> onnx.ModelProto:
    node = helper.make_node("Identity", ["x"], ["y"])
    return graph([node], [value("x", taken, kind)], [value("y", given, kind)])


INK: Shape = ("batch", 1, 28, 28)
LOGITS: Shape = ("batch", 10)
NEEDS = (
    "needs a model from float(batch, 1, 28, 28), (batch, 28, 28, 1), (batch, 28, 28) or "
    "(batch, 784) to float(batch, 10) or (batch, 11), got "
)


def two_inputs() -> onnx.ModelProto:
    node = helper.make_node("Add", ["x", "z"], ["y"])
    return graph([node], [value("x", INK), value("z", INK)], [value("y", INK)])


@pytest.mark.parametrize(
    ("model", "got"),
    [
        (
            identity(("batch", 3, 32, 32), ("batch", 3, 32, 32)),
            "float(batch, 3, 32, 32) to float(batch, 3, 32, 32)",
        ),
        (
            identity(INK, INK, TensorProto.DOUBLE),
            "double(batch, 1, 28, 28) to double(batch, 1, 28, 28)",
        ),
        (identity((32, 784), (32, 784)), "float(32, 784) to float(32, 784)"),
        (identity((), ()), "float() to float()"),
        (
            two_inputs(),
            "float(batch, 1, 28, 28) and float(batch, 1, 28, 28) to float(batch, 1, 28, 28)",
        ),
    ],
)
def test_other_inputs_and_outputs_are_refused(
    tmp_path: Path, settings: Settings, model: onnx.ModelProto, got: str
) -> None:
    path = saved(model, tmp_path / "other.onnx")
    assert refusal(path, settings).message == f"{NEEDS}{got}: {path}"
    assert collection.names(settings.models) == []


def flat(*nodes: onnx.NodeProto, **constants: object) -> onnx.ModelProto:
    """A model that flattens its ink to `flat`; the nodes make the logits of it."""
    first = helper.make_node("Flatten", ["x"], ["flat"])
    return graph([first, *nodes], [value("x", INK)], [value("y", LOGITS)], **constants)


WEIGHTS = np.random.default_rng(0).normal(size=(784, 10)).astype(np.float32)
PRODUCT = helper.make_node("MatMul", ["flat", "weights"], ["scores"])


def looping() -> onnx.ModelProto:
    body = helper.make_graph(
        [helper.make_node("Identity", [f"{name}_in"], [name]) for name in ("go", "state")],
        "body",
        [
            value("turn", (), TensorProto.INT64),
            value("go_in", (), TensorProto.BOOL),
            value("state_in", LOGITS),
        ],
        [value("go", (), TensorProto.BOOL), value("state", LOGITS)],
    )
    loop = helper.make_node("Loop", ["", "yes", "scores"], ["y"], body=body)
    return flat(PRODUCT, loop, weights=WEIGHTS, yes=np.ones((), bool))


def huge() -> onnx.ModelProto:
    zero = helper.make_node("ConstantOfShape", ["size"], ["zeros"])
    total = helper.make_node("ReduceSum", ["zeros"], ["sum"], keepdims=0)
    add = helper.make_node("Add", ["scores", "sum"], ["y"])
    return flat(PRODUCT, zero, total, add, weights=WEIGHTS, size=np.array([2**36]))


def own_operator() -> onnx.ModelProto:
    mine = helper.make_node("Mine", ["scores"], ["y"], domain="com.example")
    model = flat(PRODUCT, mine, weights=WEIGHTS)
    model.opset_import.append(helper.make_opsetid("com.example", 1))
    return model


def of_the_whole_batch() -> onnx.ModelProto:
    mean = helper.make_node("ReduceMean", ["scores", "axis"], ["mean"])
    less = helper.make_node("Sub", ["scores", "mean"], ["y"])
    return flat(PRODUCT, mean, less, weights=WEIGHTS, axis=np.array([0]))


def calling(depth: int, *, inside: bool = False) -> onnx.ModelProto:
    """Functions each of which calls the next twice, or inside a branch of a condition."""
    opset, plain = helper.make_opsetid("mine", 1), helper.make_opsetid("", 20)
    functions = []
    for level in range(depth):
        last = level + 1 == depth
        domain, called = ("", "Identity") if last else ("mine", f"f{level + 1}")
        nodes = [
            helper.make_node(called, [one], [other], domain=domain)
            for one, other in (("x", "between"), ("between", "y"))
        ]
        if inside and not last:
            shape = ("batch", 10)
            branch = helper.make_graph(nodes, "branch", [], [value("y", shape)])
            nodes = [
                helper.make_node("IsNaN", ["x"], ["nan"]),
                helper.make_node("ReduceMax", ["nan"], ["any"], keepdims=0),
                helper.make_node("If", ["any"], ["y"], then_branch=branch, else_branch=branch),
            ]
        functions.append(
            helper.make_function("mine", f"f{level}", ["x"], ["y"], nodes, [plain, opset])
        )
    model = flat(PRODUCT, helper.make_node("f0", ["scores"], ["y"], domain="mine"), weights=WEIGHTS)
    model.functions.extend(functions)
    model.opset_import.append(opset)
    return model


def reshaping(*inputs: str) -> onnx.ModelProto:
    shape = helper.make_node("Reshape", ["x", *inputs], ["flat"])
    nodes = [shape, PRODUCT, helper.make_node("Identity", ["scores"], ["y"])]
    one = [value("x", (1, 1, 28, 28))], [value("y", (1, 10))]
    return graph(nodes, *one, weights=WEIGHTS, shape=np.array([1, 784]))


def cut_off() -> onnx.ModelProto:
    model = reshaping("shape")
    (shape,) = [each for each in model.graph.initializer if each.name == "shape"]
    shape.raw_data = b"abc"
    return model


def of_no_type() -> onnx.ModelProto:
    model = flat(PRODUCT, helper.make_node("Identity", ["scores"], ["y"]), weights=WEIGHTS)
    model.graph.input[0].type.tensor_type.elem_type = 99
    return model


MANY = "needs a model of at most 20,000 nodes, got more"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (calling(16), MANY),
        (calling(12, inside=True), MANY),
        (calling(1_500), MANY),
        (reshaping(), "the model is damaged, "),
        (cut_off(), "the model is damaged, "),
        (of_no_type(), "the model is damaged, "),
    ],
    ids=["functions", "functions in branches", "deep functions", "input", "bytes", "type"],
)
def test_damaged_and_exploding_models_are_refused(
    tmp_path: Path, settings: Settings, model: onnx.ModelProto, message: str
) -> None:
    path = saved(model, tmp_path / "odd.onnx")
    said = refusal(path, settings).message
    assert said.startswith(message)
    assert said.endswith(f": {path}")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (looping(), "needs a model of plain operators, got Loop"),  # this one never ends
        (own_operator(), "needs a model of plain operators, got Mine"),
        (
            of_the_whole_batch(),
            "needs a model that reads each of many pictures by itself, got another",
        ),
        (
            flat(helper.make_node("Identity", ["weights"], ["y"]), weights=WEIGHTS[:1]),
            "needs a model that reads each of many pictures by itself, got another",
        ),
    ],
    ids=["loop", "own operator", "batch", "constant"],
)
def test_hostile_and_odd_models_are_refused(
    tmp_path: Path, settings: Settings, model: onnx.ModelProto, message: str
) -> None:
    path = saved(model, tmp_path / "odd.onnx")
    assert refusal(path, settings).message == f"{message}: {path}"


def test_a_model_that_takes_all_memory_does_not_take_ours(
    tmp_path: Path, settings: Settings
) -> None:
    path = saved(huge(), tmp_path / "huge.onnx")
    said = refusal(path, settings).message
    assert said.startswith(("the model does not run", "the model takes more than 8 GB"))
    assert said.endswith(f": {path}")


def test_a_model_that_reads_no_digits_is_refused(tmp_path: Path, settings: Settings) -> None:
    add = helper.make_node("Identity", ["scores"], ["y"])
    path = saved(flat(PRODUCT, add, weights=WEIGHTS), tmp_path / "random.onnx")
    said = refusal(path, settings).message
    assert said.startswith("needs a model that reads digits, got one that reads ")


def test_numbers_in_other_files_are_refused(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "split.onnx"
    model = variant()
    onnx.external_data_helper.convert_model_to_external_data(model, location="w", size_threshold=0)
    onnx.save_model(model, path)
    error = refusal(path, settings)
    assert (error.message, error.hint) == (
        f"needs a model in one file, got one that keeps its numbers in others: {path}",
        "onnx.save_model(onnx.load_model(FILE), FILE) puts them all into one",
    )


def test_an_old_opset_is_refused(tmp_path: Path, settings: Settings) -> None:
    model = flat(PRODUCT, helper.make_node("Identity", ["scores"], ["y"]), weights=WEIGHTS)
    model.opset_import[0].version = 6
    path = saved(model, tmp_path / "old.onnx")
    assert refusal(path, settings).message == f"needs ONNX's opset 7 or newer, got 6: {path}"


EITHER = "needs an ONNX or Keras model, got"
RUNS = "which runs code when it is opened"
SAVE_AS = "save it as ONNX, or with Keras: model.save('model.keras')"


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"", f"{EITHER} an empty file"),
        (b"no model", "needs an ONNX model, got something else"),
        (b"\x1c\0\0\0TFL3", f"{EITHER} a TensorFlow Lite model"),
        (b"\x80\x04\x95", f"{EITHER} a pickle, {RUNS}"),
        (b"PK\x03\x04\0\0archive/data.pkl", f"{EITHER} a PyTorch file, {RUNS}"),
        (BUNDLED.read_bytes()[:5000], "needs an ONNX model, got something else"),
    ],
    ids=["empty", "text", "tflite", "pickle", "pytorch", "cut off"],
)  # fmt: skip
def test_other_files_are_named(
    tmp_path: Path, settings: Settings, content: bytes, got: str
) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    assert refusal(path, settings).message == f"{got}: {path}"


def test_folders_and_missing_files_are_named(tmp_path: Path, settings: Settings) -> None:
    folder, missing = refusal(tmp_path, settings), refusal(tmp_path / "none.onnx", settings)
    assert folder.message == f"needs a model file, got a folder: {tmp_path}"
    assert folder.hint == SAVE_AS
    assert missing.message == f"no such file: {tmp_path / 'none.onnx'}"

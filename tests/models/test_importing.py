"""Models of other makers are imported: the bundled network in other clothes, and hostile ones."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from inkread import ModelError, Reader
from inkread.models import collection
from inkread.models.importing import import_model
from inkread.settings import Settings
from tests.drawing import canvas
from tests.models.variants import BUNDLED, Shape, graph, saved, value, variant

MEAN, DEVIATION = 0.1307, 0.3081


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models=tmp_path / "kept")


def read(path: Path | None) -> tuple[list[int | None], list[float]]:
    readings = Reader(path).read_digits([canvas(digit) for digit in range(10)])
    return [each.best for each in readings], [each.confidence for each in readings]


SHAPES: list[Shape] = [
    ("batch", 1, 28, 28),
    ("N", 28, 28, 1),  # Keras's
    ("unk__7", 28, 28),
    ("batch", 784),
    (1, 1, 28, 28),  # exported for one picture
    (1, 28, 28, 1),
    (1, 784),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("output", ["logits", "Softmax"])
def test_any_usual_shape_is_read_as_the_original(
    tmp_path: Path, settings: Settings, shape: Shape, output: str
) -> None:
    path = saved(variant(shape, output=output), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings)
    assert (known.pixels, known.output[:6]) == (
        "0..1",
        "logits" if output == "logits" else "probab",
    )
    digits, confidences = read(collection.find("theirs", settings.models))
    ours, sure = read(None)
    assert digits == ours == list(range(10))
    assert confidences == pytest.approx(sure, abs=1e-4)


@pytest.mark.parametrize(
    ("factor", "offset", "pixels"),
    [
        (255, 0, "0..255"),
        (2, -1, "-1..1"),
        (1 / DEVIATION, -MEAN / DEVIATION, "standardised"),
        (-1, 1, "0..1-dark"),
        (-255, 255, "0..255-dark"),
        (-2, 1, "-1..1-dark"),
        (-1 / DEVIATION, (1 - MEAN) / DEVIATION, "standardised-dark"),
    ],
)
def test_the_scale_of_the_pixels_is_found_with_real_digits(
    data: Path, tmp_path: Path, factor: float, offset: float, pixels: str
) -> None:
    (tmp_path / "mnist").symlink_to(data / "mnist")  # MNIST alone: nothing is measured
    settings = Settings(data=tmp_path, models=tmp_path / "kept")
    path = saved(variant(factor=factor, offset=offset), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings)
    # The bundled network reads pale ink too, so that scales which only pale it are close calls.
    paled = {"standardised": "0..1", "-1..1-dark": "0..1-dark"}
    assert known.pixels in {pixels, paled.get(pixels)}
    assert known.checked_on.endswith(" of 1,000 digits of MNIST's training set")
    digits, confidences = read(collection.find("theirs", settings.models))
    assert digits == list(range(10))
    if known.pixels == pixels:
        assert confidences == pytest.approx(read(None)[1], abs=1e-3)


def test_without_data_drawn_digits_decide(tmp_path: Path, settings: Settings) -> None:
    path = saved(variant(factor=-255, offset=255), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings)
    assert known.pixels == "0..255-dark"
    assert known.checked_on.endswith(" of 270 digits that were drawn for it")
    assert known.figures == {}


def test_a_scale_that_is_said_is_taken(tmp_path: Path, settings: Settings) -> None:
    path = saved(variant(factor=2, offset=-1), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings, pixels="standardised")
    assert known.pixels == "standardised"


def test_ten_sigmoids_count_as_probabilities(tmp_path: Path, settings: Settings) -> None:
    path = saved(variant(output="Sigmoid"), tmp_path / "theirs.onnx")
    assert import_model(path, "theirs", settings).output == "probabilities"
    assert read(collection.find("theirs", settings.models))[0] == list(range(10))


def test_the_card_says_what_was_imported(settings: Settings) -> None:
    known = import_model(BUNDLED, "again", settings)
    assert (known.name, known.source) == ("again", "digit.onnx")
    assert known.parameters > 100_000
    kept = settings.models / "again.onnx"
    assert known.size_bytes == kept.stat().st_size
    assert collection.card("again", settings.models) == known
    # What was imported can be imported again: the names that were added do not meet themselves.
    assert import_model(kept, "twice", settings).pixels == "0..1"


def test_sets_at_hand_are_measured(data: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "usps").symlink_to(data / "usps")
    settings = Settings(data=tmp_path / "data", models=tmp_path / "kept")
    known = import_model(BUNDLED, "again", settings)
    assert list(known.figures) == ["usps-train"]  # zip.test chooses nothing
    assert known.figures["usps-train"]["digits"]["accuracy"] > 0.95


def test_a_name_is_taken_once_unless_it_is_forced(tmp_path: Path, settings: Settings) -> None:
    import_model(BUNDLED, "mine", settings)
    with pytest.raises(ModelError) as caught:
        import_model(BUNDLED, "mine", settings)
    assert (caught.value.message, caught.value.hint) == (
        "a model of that name is imported already: mine",
        "--force replaces it; inkread models list shows all",
    )
    path = saved(variant(output="Softmax"), tmp_path / "theirs.onnx")
    assert import_model(path, "mine", settings, replace=True).source == "theirs.onnx"
    assert collection.card("mine", settings.models).output == "probabilities"


@pytest.mark.parametrize("name", ["", "a b", "../a", "a/b", "a.onnx", "-a", "ü", "a" * 65, "a\n"])
def test_a_name_has_letters_digits_dashes_and_underscores(name: str, settings: Settings) -> None:
    with pytest.raises(ModelError) as caught:
        import_model(BUNDLED, name, settings)
    assert caught.value.message == (
        f"needs a name of letters, digits, dashes and underscores, got: {name or 'nothing'}"
    )


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
    with pytest.raises(ModelError) as caught:
        import_model(path, "other", settings)
    assert caught.value.message == f"{NEEDS}{got}: {path}"
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
    with pytest.raises(ModelError) as caught:
        import_model(path, "odd", settings)
    assert caught.value.message.startswith(message)
    assert caught.value.message.endswith(f": {path}")


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
    with pytest.raises(ModelError) as caught:
        import_model(path, "odd", settings)
    assert caught.value.message == f"{message}: {path}"


def test_a_model_that_takes_all_memory_does_not_take_ours(
    tmp_path: Path, settings: Settings
) -> None:
    path = saved(huge(), tmp_path / "huge.onnx")
    with pytest.raises(
        ModelError, match=r"^the model (does not run|takes more than 8 GB)"
    ) as caught:
        import_model(path, "huge", settings)
    assert caught.value.message.endswith(f": {path}")


def test_a_model_that_reads_no_digits_is_refused(tmp_path: Path, settings: Settings) -> None:
    add = helper.make_node("Identity", ["scores"], ["y"])
    path = saved(flat(PRODUCT, add, weights=WEIGHTS), tmp_path / "random.onnx")
    with pytest.raises(ModelError, match=r"^needs a model that reads digits, got one that reads "):
        import_model(path, "random", settings)


def test_numbers_in_other_files_are_refused(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "split.onnx"
    model = variant()
    onnx.external_data_helper.convert_model_to_external_data(model, location="w", size_threshold=0)
    onnx.save_model(model, path)
    with pytest.raises(ModelError) as caught:
        import_model(path, "split", settings)
    assert (caught.value.message, caught.value.hint) == (
        f"needs a model in one file, got one that keeps its numbers in others: {path}",
        "onnx.save_model(onnx.load_model(FILE), FILE) puts them all into one",
    )


def test_an_old_opset_is_refused(tmp_path: Path, settings: Settings) -> None:
    model = flat(PRODUCT, helper.make_node("Identity", ["scores"], ["y"]), weights=WEIGHTS)
    model.opset_import[0].version = 6
    path = saved(model, tmp_path / "old.onnx")
    with pytest.raises(ModelError) as caught:
        import_model(path, "old", settings)
    assert caught.value.message == f"needs ONNX's opset 7 or newer, got 6: {path}"


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
    with pytest.raises(ModelError) as caught:
        import_model(path, "mine", settings)
    assert caught.value.message == f"{got}: {path}"


def test_folders_and_missing_files_are_named(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(ModelError) as caught:
        import_model(tmp_path, "mine", settings)
    assert caught.value.message == f"needs a model file, got a folder: {tmp_path}"
    assert caught.value.hint == SAVE_AS
    with pytest.raises(ModelError) as caught:
        import_model(tmp_path / "none.onnx", "mine", settings)
    assert caught.value.message == f"no such file: {tmp_path / 'none.onnx'}"

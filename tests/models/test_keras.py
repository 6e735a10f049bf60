"""Keras models are imported, and their descriptions read first. Needs the extra `keras`."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inkread import ModelError, Reader
from inkread.evaluation import evaluate
from inkread.models import collection
from inkread.models.importing import import_model
from inkread.models.keras_files import check, description, modern
from inkread.settings import Settings
from tests.test_evaluation import labelled

CONV: dict[str, Any] = {"class_name": "Conv2D", "config": {"name": "conv", "activation": "relu"}}
HINT = (
    "a layer that brings code of its own is never loaded; "
    "build the model without it, or export it to ONNX yourself"
)


def sequential(*layers: object) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": list(layers)}}


def test_plain_layers_pass() -> None:
    keras = {"module": "keras.layers", "registered_name": None}
    relu = {
        "module": "builtins", "class_name": "function", "config": "relu",
        "registered_name": "relu",
    }  # fmt: skip
    dtype = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}}
    dense = keras | {"class_name": "Dense", "config": {"activation": relu, "dtype": dtype}}
    trained = {"loss": {"class_name": "MyLoss", "module": "mine"}}  # is not loaded
    check(sequential(CONV, dense) | {"compile_config": trained}, "mine.keras")


LAMBDA = {
    "class_name": "Lambda",
    "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wAA"}}},
}


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ({"class_name": "Lambda", "config": {}}, "Lambda"),
        ({"class_name": "TFOpLambda", "config": {"function": "math.add"}}, "TFOpLambda"),
        ({"class_name": "MyLayer", "config": {}}, "MyLayer"),
        ({"class_name": "Dense", "registered_name": "mine>Dense"}, "Dense"),
        ({"class_name": "Dense", "module": "os"}, "Dense"),
        (
            {
                "class_name": "Sequential",
                "config": {"layers": []},
                "compile_config": {"loss": {"class_name": "Lambda", "config": {}}},
            },
            "Lambda",
        ),
        ({"class_name": "Dense", "module": ["keras"]}, "Dense"),
        ({"class_name": ["Dense"]}, "['Dense']"),
        ({"module": "os", "config": {}}, "None"),  # without a class
        (
            {"class_name": "function", "module": "os", "config": "system"},
            "function",
        ),
        ({"class_name": "function", "module": "builtins", "config": "eval"}, "function"),
        # CVE-2025-9906 switched the safe mode off so.
        (
            {"class_name": "function", "module": "keras.config",
             "config": "enable_unsafe_deserialization"},
            "function",
        ),
        ({"class_name": "enable_unsafe_deserialization", "module": "keras.config"},
         "enable_unsafe_deserialization"),
        # Deep inside a plain layer.
        ({"class_name": "Dense", "config": {"kernel_initializer": LAMBDA}}, "Lambda"),
        ({"class_name": "Dense", "config": {"a": [[{"class_name": "__lambda__"}]]}}, "__lambda__"),
        ({"class_name": "TorchModuleWrapper", "module": "keras.layers"}, "TorchModuleWrapper"),
        ({"class_name": "TFSMLayer", "module": "keras.layers"}, "TFSMLayer"),
    ],
)  # fmt: skip
def test_whatever_could_run_code_is_refused(layer: dict[str, Any], name: str) -> None:
    with pytest.raises(ModelError) as caught:
        check(sequential(CONV, layer), "theirs.keras")
    assert caught.value.message == f"needs a model of Keras's own layers, got {name}: theirs.keras"
    assert caught.value.hint == HINT


@pytest.mark.parametrize("top", [[], "Sequential", {}, {"class_name": "Dense", "config": {}}])
def test_only_whole_models_are_taken(top: object) -> None:
    with pytest.raises(ModelError, match=r"^needs a Sequential or Functional Keras model, got "):
        check(top, "theirs.keras")


def keras_zip(**members: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        keras_zip(model__weights__h5=b""),  # weights alone
        keras_zip(config__json="{"),
        keras_zip(config__json="[" * 100_000),
        keras_zip(config__json=b"\xff\xff"),
        b"PK\x03\x04 cut off",
    ],
    ids=["weights", "cut off", "deep", "no text", "no zip"],
)
def test_a_damaged_keras_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "theirs.keras"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        description(path, "theirs.keras")
    assert caught.value.message == "needs a whole Keras model, got something else: theirs.keras"
    assert caught.value.hint == 'save it with model.save("model.keras")'


def test_the_input_of_keras_2_becomes_a_layer() -> None:
    shape = [None, 28, 28, 1]
    old = {"class_name": "Conv2D", "config": {"name": "conv", "batch_input_shape": shape}}
    config = {"batch_shape": shape, "dtype": "float32", "name": "taken"}
    new = [
        {"class_name": "InputLayer", "config": config},
        {"class_name": "Conv2D", "config": {"name": "conv"}},
    ]
    assert modern(sequential(old)) == sequential(*new)
    assert modern({"class_name": "Sequential", "config": [old]}) == sequential(*new)


MAKE = """
import numpy, keras
keras.utils.set_random_seed(1)
from keras import layers
cnn = [
    layers.Conv2D(16, 3, activation="relu"), layers.BatchNormalization(momentum=0.5),
    layers.MaxPooling2D(), layers.Dropout(0.1), layers.Flatten(),
    layers.Dense(32, activation="relu"), layers.Dense(10, activation="softmax"),
]
taken = keras.Input((28, 28))
rows = layers.Dense(64, activation="relu")(layers.Flatten()(layers.Rescaling(1 / 255)(taken)))
models = {
    "cnn": (keras.Sequential([keras.Input((28, 28, 1)), *cnn]), 1),
    "mlp": (keras.Model(taken, layers.Dense(10)(rows)), 255),
}
inks, labels = numpy.load("inks.npy"), numpy.load("labels.npy")
for name, (model, scale) in models.items():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=name == "mlp")
    model.compile(keras.optimizers.Adam(3e-3), loss)
    model.fit(scale * inks.reshape(-1, *model.input_shape[1:]), labels, epochs=12, verbose=0)
    model.save(f"{name}.keras")
    model.save(f"{name}.h5")
own = [keras.Input((784,)), layers.Lambda(lambda pixels: pixels), layers.Dense(10)]
for kind in ("keras", "h5"):
    keras.Sequential(own).save(f"lambda.{kind}")
colour = [keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10)]
keras.Sequential(colour).save("colour.keras")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models that Keras trained on drawn digits and saved in both formats."""
    pytest.importorskip("h5py", reason="the extra keras is not installed")
    from inkread.models.digits import drawn_digits

    folder = tmp_path_factory.mktemp("keras")
    digits = drawn_digits()
    np.save(folder / "inks.npy", digits.inks)
    np.save(folder / "labels.npy", digits.labels)
    environment = {"KERAS_BACKEND": "torch", "KERAS_HOME": str(folder), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-W", "ignore", "-c", MAKE]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("name", "pixels", "output"),
    [
        ("cnn.keras", "0..1", "probabilities"),
        ("cnn.h5", "0..1", "probabilities"),
        ("mlp.keras", "0..255", "logits"),
        ("mlp.h5", "0..255", "logits"),
    ],
)
def test_a_model_of_keras_is_read(
    made: Path, settings: Settings, name: str, pixels: str, output: str
) -> None:
    known = import_model(made / name, "theirs", settings)
    assert (known.pixels, known.output) == (pixels, output)
    reader = Reader(collection.find("theirs", settings.models))
    digits = evaluate(reader, labelled(list(range(10)))).digits
    assert digits is not None
    assert digits.accuracy >= 0.6  # it was trained on fonts


def weights(rng: np.random.Generator) -> dict[str, list[NDArray[np.float32]]]:
    def draw(*shape: int) -> NDArray[np.float32]:
        return rng.normal(size=shape).astype(np.float32)

    return {
        "conv2d": [draw(3, 3, 1, 4), np.zeros(4, np.float32)],
        "dense": [draw(196, 10), np.zeros(10, np.float32)],
    }


@pytest.mark.parametrize("with_input_layer", [False, True])
def test_a_model_of_keras_2_is_converted(
    tmp_path: Path, settings: Settings, with_input_layer: bool
) -> None:
    """Its weights are random, so it is converted, tried, and refused for what it reads."""
    pytest.importorskip("h5py", reason="the extra keras is not installed")
    from tests.models import keras2

    shape = {"batch_input_shape": [None, 28, 28, 1], "dtype": "float32", "name": "taken"}
    first = [{"class_name": "InputLayer", "config": shape | {"sparse": False, "ragged": False}}]
    layers = [*(first if with_input_layer else []), *keras2.LAYERS]
    path = tmp_path / "old.h5"
    keras2.write(path, layers, weights(np.random.default_rng(0)))
    with pytest.raises(ModelError, match=r"^needs a model that reads digits, got one that reads "):
        import_model(path, "old", settings)


@pytest.mark.parametrize("name", ["lambda.keras", "lambda.h5"])
def test_a_lambda_that_keras_saved_is_refused(made: Path, settings: Settings, name: str) -> None:
    with pytest.raises(ModelError) as caught:
        import_model(made / name, "theirs", settings)
    assert caught.value.message == (
        f"needs a model of Keras's own layers, got Lambda: {made / name}"
    )


def test_what_its_maker_left_open_is_said(made: Path, settings: Settings) -> None:
    path = made / "colour.keras"
    with pytest.raises(ModelError) as caught:
        import_model(path, "theirs", settings)
    assert caught.value.message.endswith(
        f"(batch, 11), got float(batch, 32, 32, 3) to float(batch, 10): {path}"
    )


def test_what_keras_cannot_load_is_said(tmp_path: Path, settings: Settings) -> None:
    pytest.importorskip("h5py", reason="the extra keras is not installed")
    path = tmp_path / "theirs.keras"
    described = sequential(CONV) | {"module": "keras"}
    path.write_bytes(keras_zip(config__json=json.dumps(described), metadata__json="{}"))
    with pytest.raises(ModelError) as caught:
        import_model(path, "theirs", settings)
    assert caught.value.message.startswith("Keras cannot load the model, ")
    assert caught.value.message.endswith(f": {path}")


def test_without_keras_the_extra_is_named(tmp_path: Path) -> None:
    path = tmp_path / "theirs.keras"
    path.write_bytes(keras_zip(config__json="{}"))
    code = (
        "import sys; sys.modules['keras'] = None\n"
        "from inkread.cli import main\n"
        f"main(['models', 'import', {str(path)!r}, '--name', 'theirs'])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "inkread: importing Keras models needs packages that are not installed\n"
        "hint: pip install 'inkread[keras]'\n"
    )

"""A Keras model, `.keras` or `.h5`, → ONNX: `python -m inkread.models.keras_files`.

Keras builds a model from a description in the file, and a description may name functions to call
and bring Python code of its own. Keras's `safe_mode` was passed by more than once, and did not
hold for .h5 at all before 3.11.3. So the description is read here first, and only one that names
nothing but plain layers is given to Keras.
"""

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inkread.errors import ModelError
from inkread.ink import CANVAS_PX
from inkread.models.apart import answer
from inkread.models.contract import first_line

MODELS = {"Sequential", "Functional", "Model"}
LAYERS = {
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "AveragePooling2D",
    "BatchNormalization", "Concatenate", "Conv1D", "Conv2D", "Conv2DTranspose", "Cropping2D",
    "Dense", "DepthwiseConv2D", "Dropout", "ELU", "Flatten", "GRU", "GaussianDropout",
    "GaussianNoise", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "GroupNormalization",
    "Identity", "InputLayer", "LSTM", "LayerNormalization", "LeakyReLU", "MaxPooling2D", "Maximum",
    "Multiply", "Normalization", "PReLU", "Permute", "RandomContrast", "RandomRotation",
    "RandomTranslation", "RandomZoom", "ReLU", "Rescaling", "Reshape", "SeparableConv2D",
    "SimpleRNN", "Softmax", "SpatialDropout2D", "Subtract", "UnitNormalization", "UpSampling2D",
    "ZeroPadding2D",
}  # fmt: skip
# What the layers above are described with: how they began and were held in bounds.
PARTS = {
    "Constant", "DTypePolicy", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "L1",
    "L1L2", "L2", "LecunNormal", "LecunUniform", "MaxNorm", "MinMaxNorm", "NonNeg", "Ones",
    "OrthogonalInitializer", "Orthogonal", "Policy", "RandomNormal", "RandomUniform",
    "TruncatedNormal", "UnitNorm", "VarianceScaling", "Zeros", "__keras_tensor__",
}  # fmt: skip
ACTIVATIONS = {
    "celu", "elu", "exponential", "gelu", "glu", "hard_sigmoid", "hard_silu", "hard_swish",
    "leaky_relu", "linear", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
    "softmax", "softplus", "softsign", "swish", "tanh",
}  # fmt: skip
MODULES = {
    None, "keras", "keras.constraints", "keras.dtype_policies", "keras.initializers",
    "keras.layers", "keras.models", "keras.regularizers", "keras.src.engine.functional",
    "keras.src.engine.sequential", "keras.src.models.functional", "keras.src.models.sequential",
}  # fmt: skip
MOST_BYTES = 50_000_000  # of a description


def main(path: str, out: str, about: str) -> None:
    """Convert a Keras model.

    Args:
        path: a file that ends with .keras or .h5, as its content is.
        out: the ONNX file to write.
        about: the name of the file that it came from, for messages.

    Raises:
        ModelError: it is damaged, brings code, or Keras cannot load or export it.
    """
    described = description(Path(path), about)
    check(described, about)
    if path.endswith(".h5"):
        _describe_anew(Path(path), described, about)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"KERAS_BACKEND": "torch", "KERAS_HOME": home}  # its settings are not ours
        _convert(path, out, about)


def description(path: Path, about: str) -> object:
    """Read what a Keras file says of its model, as plain JSON.

    Raises:
        ModelError: it is damaged, or holds weights alone.
    """
    try:
        text = _zipped(path) if path.suffix == ".keras" else _attribute(path)
        described: object = json.loads(text)
    except (OSError, KeyError, ValueError, RecursionError, zipfile.BadZipFile, RuntimeError):
        raise ModelError(
            f"needs a whole Keras model, got something else: {about}",
            hint='save it with model.save("model.keras")',
        ) from None
    return described


def _zipped(path: Path) -> str | bytes:
    with zipfile.ZipFile(path) as archive, archive.open("config.json") as file:
        return file.read(MOST_BYTES)


def _attribute(path: Path) -> str | bytes:
    import h5py

    with h5py.File(path) as file:
        text = file.attrs["model_config"]
        return text if isinstance(text, bytes) else str(text)


def check(described: object, about: str) -> None:
    """Look that a description names nothing but plain layers of Keras's own.

    Args:
        described: as `description` returns it.
        about: the file's name, for messages.

    Raises:
        ModelError: it names something else.
    """
    model: dict[str, Any] = described if isinstance(described, dict) else {}
    if (top := model.get("class_name")) not in MODELS:
        raise ModelError(f"needs a Sequential or Functional Keras model, got {top}: {about}")
    # How it was trained is not loaded; of a model inside it, it would be.
    for each in _objects(model | {"compile_config": None}):
        name = each["class_name"]
        if not _is_plain(each):
            raise ModelError(
                f"needs a model of Keras's own layers, got {name}: {about}",
                hint="a layer that brings code of its own is never loaded; "
                "build the model without it, or export it to ONNX yourself",
            )


def _objects(described: object) -> Iterator[dict[str, Any]]:
    """Go through all that a description would have built, however deep."""
    waiting = [described]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
            if "class_name" in each or "module" in each or "registered_name" in each:
                yield {"class_name": None} | each
        elif isinstance(each, list):
            waiting += each


def _is_plain(described: dict[str, Any]) -> bool:
    name, module = described["class_name"], described.get("module")
    registered = described.get("registered_name")
    if name == "function":  # Keras 3 writes an activation so
        called = described.get("config")
        return module == "builtins" and called in ACTIVATIONS and registered in (None, called, name)
    plain = isinstance(name, str) and name in MODELS | LAYERS | PARTS
    return (
        plain
        and isinstance(module, str | None)
        and module in MODULES
        and (registered in (None, name))
    )


def _describe_anew(path: Path, described: object, about: str) -> None:
    """Put Keras 2's description into Keras 3's words: Keras 3 misreads the shape of its input."""
    import h5py

    try:
        text = json.dumps(modern(described))
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = text.encode()
    except (OSError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"the model is damaged, {first_line(error)}: {about}") from None


def modern(described: Any) -> Any:  # noqa: ANN401  # JSON
    """Return a description with its input as a layer, as Keras 3 writes it."""
    if isinstance(described, list):
        return [modern(each) for each in described]
    if not isinstance(described, dict):
        return described
    result: dict[str, Any] = {key: modern(value) for key, value in described.items()}
    if result.get("class_name") == "InputLayer" and "batch_input_shape" in result["config"]:
        result["config"]["batch_shape"] = result["config"].pop("batch_input_shape")
    if result.get("class_name") == "Sequential":
        config = result["config"]
        named = config if isinstance(config, dict) else {"name": "sequential", "layers": config}
        result["config"] = named | {"layers": _with_input(named["layers"])}
    return result


def _with_input(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shapes = [each["config"].pop("batch_input_shape", None) for each in layers]
    if shapes and shapes[0] and layers[0]["class_name"] != "InputLayer":
        config = {"batch_shape": shapes[0], "dtype": "float32", "name": "taken"}
        return [{"class_name": "InputLayer", "config": config}, *layers]
    return layers


def _convert(path: str, out: str, about: str) -> None:
    import keras
    import onnx
    import torch

    class Reading(torch.nn.Module):
        """The model as it is when it reads; the exporter wants a plain signature."""

        def __init__(self, model: torch.nn.Module) -> None:
            super().__init__()
            self.model = model

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            given: torch.Tensor = self.model(pixels, training=False)
            return given

    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
        shape = _shape(model.input_shape)
    except Exception as error:  # noqa: BLE001  # whatever a damaged file makes Keras raise
        raise ModelError(f"Keras cannot load the model, {first_line(error)}: {about}") from None
    try:
        program = torch.onnx.export(
            Reading(model).eval(),
            (torch.zeros(2, *shape),),
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            verbose=False,
        )
    except Exception as error:  # noqa: BLE001  # PyTorch raises a class for every kind of failure
        raise ModelError(f"cannot export the model, {first_line(error)}: {about}") from None
    onnx.save_model(program.model_proto, out)  # type: ignore[union-attr]  # the older exporter's


def _shape(taken: object) -> tuple[int, ...]:
    """Return what a model takes, without the batch; sizes that it leaves open are a digit's."""
    if not isinstance(taken, tuple):
        raise TypeError("it has more than one input")
    sizes = [size or CANVAS_PX for size in taken[1:]]
    if taken[1:] and taken[-1] is None:
        sizes[-1] = 1
    return tuple(sizes)


if __name__ == "__main__":
    answer(main)

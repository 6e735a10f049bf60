"""Three ways to read a digit. Each loads what it needs when it is called, and no sooner."""

import importlib
import importlib.util
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Inks = NDArray[np.float32]
Network = Callable[[Inks], NDArray[np.float32]]
BATCH = 256


@dataclass(frozen=True)
class Competitor:
    """A way to read digits, loaded and ready.

    Attributes:
        read: tells the digit in the bytes of a picture file; None where it does not.
        read_all: tells the digit of each array of shape (28, 28), uint8, light ink on dark.
        network: runs the network alone on inks of shape (count, 28, 28), 0–1.
    """

    read: Callable[[bytes], int | None]
    read_all: Callable[[list[NDArray[np.uint8]]], object]
    network: Network


def inkread() -> Competitor:
    """Inkread as it is."""
    from inkread import Reader

    reader = Reader()
    return Competitor(
        lambda png: reader.read_digit(png).best, reader.read_digits, _bundled_network()
    )


def plain() -> Competitor:
    """Inkread's network as the usual app runs one: shrink, invert, and no look at the ink."""
    network = _bundled_network()
    return Competitor(
        lambda png: int(network(1 - _shrunk(png))[0, :10].argmax()),
        lambda pictures: _in_batches(network, pictures),
        network,
    )


def keras() -> Competitor:
    """The usual app: a small convolutional Keras model and `model.predict`.

    Its weights are random: how fast it is does not depend on them, what it reads does.
    """
    model = _lenet()

    def predict(inks: Inks) -> Inks:
        return np.asarray(model.predict(inks[..., None], batch_size=BATCH, verbose=0))

    return Competitor(
        lambda png: int(predict(1 - _shrunk(png))[0].argmax()),
        lambda pictures: predict(_stacked(pictures)),
        predict,
    )


COMPETITORS: dict[str, Callable[[], Competitor]] = {
    "inkread": inkread,
    "plain ONNX": plain,
    "Keras": keras,
}


def has_keras() -> bool:
    """Tell whether TensorFlow is installed, without the seconds that importing it takes."""
    return importlib.util.find_spec("tensorflow") is not None


def bundled() -> str:
    """Return the path of the network that ships, without importing what loads it."""
    package = importlib.util.find_spec("inkread")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("needs inkread; hint: pip install -e .")
    return str(Path(package.origin).parent / "weights" / "digit.onnx")


def _bundled_network() -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(bundled(), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda inks: session.run(None, {name: inks[:, None]})[0]


def _lenet() -> Any:  # noqa: ANN401  # TensorFlow need not be installed to check types
    tensorflow = importlib.import_module("tensorflow")
    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    layers = tensorflow.keras.layers
    return tensorflow.keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def _shrunk(png: bytes) -> Inks:
    """Open a picture as most digit apps do: grey, 28×28, 0–1."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("L").resize((28, 28))
    return np.asarray(picture, dtype=np.float32)[None] / np.float32(255)


def _stacked(pictures: list[NDArray[np.uint8]]) -> Inks:
    return np.stack(pictures).astype(np.float32) / np.float32(255)


def _in_batches(network: Network, pictures: list[NDArray[np.uint8]]) -> Inks:
    inks = _stacked(pictures)
    starts = range(0, len(inks), BATCH)
    return np.concatenate([network(inks[start : start + BATCH]) for start in starts])

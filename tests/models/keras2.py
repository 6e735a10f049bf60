"""A .h5 file as Keras 2 wrote it, made by hand: Keras 3 writes another description."""

import json
from pathlib import Path
from typing import Any

import h5py
from numpy.typing import NDArray

GLOROT = {"class_name": "GlorotUniform", "config": {"seed": None}}
ZEROS: dict[str, Any] = {"class_name": "Zeros", "config": {}}
BOTH = {"trainable": True, "dtype": "float32"}
WEIGHED = {
    "use_bias": True, "kernel_initializer": GLOROT, "bias_initializer": ZEROS,
    "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
    "kernel_constraint": None, "bias_constraint": None,
}  # fmt: skip


def layer(kind: str, **config: object) -> dict[str, Any]:
    name = kind.lower()
    return {"class_name": kind, "config": {"name": name} | BOTH | config}


LAYERS = [
    layer("Conv2D", batch_input_shape=[None, 28, 28, 1], filters=4, kernel_size=[3, 3],
          strides=[2, 2], padding="same", data_format="channels_last", dilation_rate=[1, 1],
          groups=1, activation="relu", **WEIGHED),
    layer("MaxPooling2D", pool_size=[2, 2], padding="valid", strides=[2, 2],
          data_format="channels_last"),
    layer("Dropout", rate=0.25, noise_shape=None, seed=None),
    layer("Flatten", data_format="channels_last"),
    layer("Dense", units=10, activation="softmax", **WEIGHED),
]  # fmt: skip


def write(path: Path, layers: list[dict[str, Any]], weights: dict[str, list[NDArray[Any]]]) -> None:
    """Write a Sequential model; `weights` has kernel and bias by the layer's name."""
    config = {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["keras_version"] = b"2.4.0"
        file.attrs["backend"] = b"tensorflow"
        group = file.create_group("model_weights")
        names = [each["config"]["name"] for each in layers]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            inner = group.create_group(name)
            parts = zip(("kernel:0", "bias:0"), weights.get(name, []), strict=False)
            arrays = {f"{name}/{part}": array for part, array in parts}
            inner.attrs["weight_names"] = [each.encode() for each in arrays]
            for each, array in arrays.items():
                inner.create_dataset(each, data=array)

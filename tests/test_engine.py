from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from inkread import ModelError, Reader
from inkread.engine import BATCH, Engine, softmax


def test_a_batch_of_any_size_gives_the_same_as_one_by_one() -> None:
    engine = Engine()
    inks = np.random.default_rng(0).random((BATCH + 3, 28, 28), dtype=np.float32)
    together = engine.probabilities(inks)
    assert together.shape == (BATCH + 3, 10)
    assert np.allclose(together.sum(axis=1), 1, atol=1e-5)
    for row in (0, BATCH, BATCH + 2):
        assert np.allclose(engine.probabilities(inks[row : row + 1])[0], together[row], atol=1e-4)


def test_no_inks_give_no_rows() -> None:
    assert Engine().probabilities(np.zeros((0, 28, 28), np.float32)).shape == (0, 10)


def test_softmax_survives_large_logits() -> None:
    assert softmax(np.array([1000.0, 0.0], np.float32)).tolist() == [1, 0]


def test_a_model_of_other_shapes_is_refused(tmp_path: Path) -> None:
    shape: list[str | int | None] = ["batch", 3, 32, 32]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "colours",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
    )
    path = tmp_path / "colours.onnx"
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 18)])
    onnx.save_model(model, path)
    with pytest.raises(ModelError) as caught:
        Reader(path)
    assert caught.value.message == (
        "needs a model from (batch, 1, 28, 28) to (batch, 10), "
        f"got inputs [[3, 32, 32]] and outputs [[3, 32, 32]]: {path}"
    )

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from inkread import ModelError, Reader
from inkread.engine import BATCH, Engine, PageEngine, page_engine, softmax


def test_a_batch_of_any_size_gives_the_same_as_one_by_one() -> None:
    engine = Engine()
    inks = np.random.default_rng(0).random((BATCH + 3, 28, 28), dtype=np.float32)
    together = engine.probabilities(inks)
    assert together.shape == (BATCH + 3, 11)
    assert np.allclose(together.sum(axis=1), 1, atol=1e-5)
    for row in (0, BATCH, BATCH + 2):
        assert np.allclose(engine.probabilities(inks[row : row + 1])[0], together[row], atol=1e-4)


def test_no_inks_give_no_rows() -> None:
    assert Engine().probabilities(np.zeros((0, 28, 28), np.float32)).shape == (0, 11)


def test_the_networks_of_pages_are_loaded_once_for_all_threads() -> None:
    start = Barrier(4)

    def loaded(_: int) -> PageEngine:
        start.wait()
        return page_engine(3)  # threads, as nobody else asks for

    with ThreadPoolExecutor(4) as pool:
        assert len({id(each) for each in list(pool.map(loaded, range(4)))}) == 1


def test_softmax_survives_large_logits() -> None:
    assert softmax(np.array([1000.0, 0.0], np.float32)).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("kind", "shape", "got"),
    [
        (TensorProto.FLOAT, ["batch", 3, 32, 32], "float(batch, 3, 32, 32)"),
        (TensorProto.DOUBLE, ["batch", 1, 28, 28], "double(batch, 1, 28, 28)"),
        (TensorProto.FLOAT, [1, 1, 28, 28], "float(1, 1, 28, 28)"),  # one picture at a time
    ],
)
def test_a_model_of_other_shapes_is_refused(
    tmp_path: Path, kind: int, shape: list[str | int | None], got: str
) -> None:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "colours",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", kind, shape)],
    )
    path = tmp_path / "colours.onnx"
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 18)])
    onnx.save_model(model, path)
    with pytest.raises(ModelError) as caught:
        Reader(path)
    assert caught.value.message == (
        "needs a model from float(batch, 1, 28, 28) to float(batch, 11) or float(batch, 10), "
        f"got {got} to {got}: {path}"
    )


def test_onnxruntime_does_not_call_home(tmp_path: Path) -> None:
    """Its telemetry keeps a store in the home folder, from the first second on."""
    code = "import time, inkread; inkread.Reader(); time.sleep(1)"
    places = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", code], env=places, check=True)
    assert list(tmp_path.rglob("*")) == []

"""What a network learns from others, on digits that the tests draw."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from inkread import DataError, ModelError
from inkread.data.digits import Digits
from inkread.engine import Engine, softmax
from inkread.training.batches import Arrays
from inkread.training.config import TrainingConfig
from inkread.training.run import Inherited, run
from inkread.training.teachers import Taught, check
from tests.drawing import small_digits
from tests.models.variants import BUNDLED, graph, value, variant

CONFIG = TrainingConfig(
    epochs=1, epoch_pictures=2_000, batch_size=32, own_share=1.0, teacher_share=1.0
)


class HalfMislabelled:
    """Digits; of twenty, the second ten have labels of one more."""

    def batch(self, size: int, _: np.random.Generator) -> Arrays:
        pictures, labels = small_digits(size)
        return pictures, (labels + (np.arange(size) % 20 >= 10)) % 10


def test_labels_are_mixed_with_the_mean_of_what_teachers_say(tmp_path: Path) -> None:
    """But for labels that they are more against than for."""
    blind, plain = tmp_path / "blind.onnx", tmp_path / "plain.onnx"
    onnx.save_model(variant(factor=1e9), blind)  # it sees a blank canvas
    plain.write_bytes(BUNDLED.read_bytes())
    pictures, taught = Taught(HalfMislabelled(), (plain, plain, blind), share=0.6).batch(
        20, np.random.default_rng(1)
    )
    inks = np.divide(pictures, 255, dtype=np.float32)
    seeing, unseeing = (Engine(each).probabilities(inks) for each in (plain, blind))
    assert np.ptp(unseeing, axis=0).max() < 1e-6
    known = np.eye(11)[HalfMislabelled().batch(20, np.random.default_rng(1))[1]]
    mixed = 0.4 * known + 0.4 * seeing + 0.2 * unseeing
    agreed = ((2 * seeing + unseeing) / 3 * known).sum(axis=1) > 0.5
    assert agreed[:10].sum() >= 7
    assert not agreed[10:].any()
    assert taught.dtype == np.float32
    assert np.allclose(taught, np.where(agreed[:, None], mixed, known), atol=1e-6)


def test_how_readily_a_teacher_was_made_to_refuse_is_not_taught() -> None:
    """That was fitted on sets to choose by; the card beside the network tells it."""
    pictures, taught = Taught(HalfMislabelled(), (BUNDLED,), share=1).batch(
        10, np.random.default_rng(1)
    )
    logits = Engine(BUNDLED).logits(np.divide(pictures, 255, dtype=np.float32))
    card = json.loads(BUNDLED.with_suffix(".json").read_text(encoding="utf-8"))["calibration"]
    assert card["shift"] != 0
    assert card["temperature"] != 1
    logits *= np.float32(card["temperature"])
    logits[:, 10] -= card["shift"]
    said = softmax(logits)
    agreed = said[np.arange(10), np.arange(10)] > 0.5
    assert agreed.sum() >= 8
    assert np.allclose(taught[agreed], said[agreed], atol=1e-6)


def test_a_run_learns_what_its_teachers_say(tmp_path: Path) -> None:
    """The same pictures in the same order are another task with a teacher."""
    digits = Digits(*small_digits(460))
    alone = run(CONFIG, tmp_path / "alone", own=digits)
    teacher = Inherited(teachers=(BUNDLED, BUNDLED))
    card = run(CONFIG, tmp_path / "taught", own=digits, inherited=teacher)
    assert abs(card.history[0].loss - alone.history[0].loss) > 0.001
    page = card.as_markdown()
    assert "--preset quick --data FOLDER --teacher FILE --teacher FILE --epochs 1 " in page
    assert " --teacher-share 1.0`" in page
    assert f"| taught by those of SHA-256 | {', '.join(card.teachers)} |" in page


def test_a_network_that_is_no_teacher_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no such model: .+nowhere\.onnx"):
        check([BUNDLED, tmp_path / "nowhere.onnx"])
    ten = tmp_path / "ten.onnx"
    onnx.save_model(
        graph(
            [
                helper.make_node("Flatten", ["ink"], ["pixels"]),
                helper.make_node("MatMul", ["pixels", "weights"], ["logits"]),
            ],
            [value("ink", ("batch", 1, 28, 28))],
            [value("logits", ("batch", 10))],
            weights=np.zeros((784, 10), np.float32),
        ),
        ten,
    )
    with pytest.raises(DataError) as caught:
        run(CONFIG, tmp_path / "out", inherited=Inherited(teachers=(ten,)))
    assert caught.value.message == f"cannot teach what is no digit, not knowing it: {ten}"
    assert not (tmp_path / "out").exists()

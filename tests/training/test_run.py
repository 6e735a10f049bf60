"""A whole training run, on a few hundred digits that the tests draw."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from inkread import DataError, Reader, SettingsError
from inkread.data.digits import Digits
from inkread.training import run as training
from inkread.training.augment import augment
from inkread.training.config import PRESETS, TrainingConfig, preset
from inkread.training.export import export_onnx
from inkread.training.loop import accuracy, train
from inkread.training.networks import Compact
from tests.drawing import canvas, stroke_mask

CONFIG = TrainingConfig(epochs=6, batch_size=32, validation_pictures=60)


@pytest.fixture(scope="module")
def digits() -> Digits:
    """Digits of many pens and places, small as MNIST's."""
    rng = np.random.default_rng(3)
    labels = np.arange(460) % 10
    pictures = []
    for label in labels:
        place = {"top": rng.uniform(30, 50), "left": rng.uniform(50, 90)}
        pen, height = rng.uniform(12, 24), rng.uniform(150, 190)
        large = stroke_mask(int(label), (280, 280), height=height, pen=pen, **place)
        small = cv2.resize(large, (28, 28), interpolation=cv2.INTER_AREA)
        pictures.append((small * 255).round().astype(np.uint8))
    return Digits(np.stack(pictures), labels)


@pytest.fixture(scope="module")
def run(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    out = tmp_path_factory.mktemp("run") / "new" / "folder"
    training.make(CONFIG, out, digits, digits)
    return out


def test_a_run_writes_the_network_and_its_card(run: Path) -> None:
    assert sorted(path.name for path in run.iterdir()) == ["digit.json", "digit.md", "digit.onnx"]
    card = json.loads((run / "digit.json").read_text(encoding="utf-8"))
    assert card["config"] == asdict(CONFIG)
    assert [epoch["number"] for epoch in card["history"]] == [1, 2, 3, 4, 5, 6]
    assert card["data"] == {"MNIST, training set": 460}
    assert card["figures"]["largest difference of a probability, ONNX to PyTorch"] < 1e-4
    assert card["parameters"] == sum(each.numel() for each in Compact().parameters())
    assert card["commit"]
    page = (run / "digit.md").read_text(encoding="utf-8")
    assert "Trained by `inkread train --preset quick --seed 1`." in page
    assert card["sha256"] in page


def test_the_network_has_learned_and_the_reader_uses_it(run: Path) -> None:
    reader = Reader(run / "digit.onnx")
    read = [reader.read_digit(canvas(digit)).digit for digit in range(10)]
    assert sum(digit == read[digit] for digit in range(10)) >= 9


def test_the_same_seed_gives_the_same_network(digits: Digits) -> None:
    def weights(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        short = replace(CONFIG, epochs=1, seed=seed)
        network, _ = train(Compact(), digits, short)
        return next(network.parameters()).detach()

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


def test_accuracy_counts_the_right_ones(digits: Digits) -> None:
    class AlwaysThree(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.logits = torch.nn.Parameter(torch.eye(10)[3])

        def forward(self, ink: torch.Tensor) -> torch.Tensor:
            return self.logits.expand(len(ink), 10)

    assert accuracy(AlwaysThree(), digits) == pytest.approx(0.1)


def test_a_network_that_changed_while_it_was_exported_is_refused(
    digits: Digits, tmp_path: Path
) -> None:
    network = Compact().eval()
    export_onnx(network, tmp_path / "digit.onnx")
    with torch.no_grad():
        next(network.parameters()).mul_(3)
    with pytest.raises(DataError) as caught:
        training.checked_difference(network, tmp_path / "digit.onnx", digits)
    assert re.fullmatch(
        r"the exported network differs from the trained one by \d\.\de-\d\d, more than 1e-04: .+",
        caught.value.message,
    )


def test_a_folder_that_cannot_be_made_is_named(digits: Digits, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        training.make(CONFIG, tmp_path / "file" / "out", digits, digits)
    assert caught.value.message == (
        f"cannot make the folder, Not a directory: {tmp_path / 'file' / 'out'}"
    )


def test_augmented_digits_are_framed_as_read(digits: Digits) -> None:
    rng = np.random.default_rng(0)
    for picture in digits.pictures[:100]:
        ink = augment(picture, rng)
        assert ink.shape == (28, 28)
        assert ink.dtype == np.float32
        assert 0 <= ink.min() <= ink.max() <= 1
        assert ink.sum() > 5
        rows, columns = np.mgrid[:28, :28]
        for places in (rows, columns):
            assert (ink * places).sum() / ink.sum() == pytest.approx(14, abs=3)


def test_presets_have_names() -> None:
    assert preset("quick") == PRESETS["quick"]
    assert preset("quick", seed=7).seed == 7
    with pytest.raises(SettingsError) as caught:
        preset("huge")
    assert (caught.value.message, caught.value.hint) == (
        "no preset of that name: huge",
        "one of: quick",
    )

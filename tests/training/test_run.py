"""A whole training run, on a few hundred digits that the tests draw."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from inkread import DataError, Reader
from inkread.data.digits import Digits
from inkread.data.labelled import LabelledSet
from inkread.engine import Engine
from inkread.training.card import courses_beside, sha256
from inkread.training.config import TrainingConfig
from inkread.training.export import export_onnx, probabilities
from inkread.training.finish import calibration_sets, check_same, export, framed
from inkread.training.networks import ARCHITECTURES, Compact
from inkread.training.run import Inherited, run, split
from tests.drawing import canvas, small_digits

CONFIG = TrainingConfig(epochs=3, epoch_pictures=2_000, batch_size=32, own_share=1.0)


@pytest.fixture(scope="module")
def digits() -> Digits:
    return Digits(*small_digits(460))


@pytest.fixture(scope="module")
def out(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run on a person's own digits alone, without any data folder."""
    folder = tmp_path_factory.mktemp("run") / "new" / "folder"
    run(CONFIG, folder, own=digits)
    return folder


def test_a_run_writes_the_network_its_card_and_its_figures(out: Path) -> None:
    names = sorted(path.name for path in out.iterdir())
    assert names == ["digit-history.png", "digit.json", "digit.md", "digit.onnx", "digit.pt"]
    card = json.loads((out / "digit.json").read_text(encoding="utf-8"))
    assert card["config"] == asdict(CONFIG)
    assert [epoch["number"] for epoch in card["history"]] == [1, 2, 3]
    assert card["data"] == {"digits": 368}  # a fifth is held out
    assert card["difference"] < 0.02
    assert card["parameters"] == sum(each.numel() for each in Compact().parameters())
    assert {each["name"] for each in card["evaluations"]} == {
        "letters of the STIX fonts",
        "signs of other writing systems",
        "hatching",
    }
    page = (out / "digit.md").read_text(encoding="utf-8")
    assert (
        "Trained by `inkread train --preset quick --data FOLDER --epochs 3 --epoch-pictures 2000 "
        "--batch-size 32 --own-share 1.0`."
    ) in page
    assert card["sha256"] in page


def test_the_network_has_learned_and_the_reader_uses_it(out: Path) -> None:
    reader = Reader(out / "digit.onnx")
    read = [reader.read_digit(canvas(digit)).best for digit in range(10)]
    assert sum(digit == read[digit] for digit in range(10)) >= 8


def test_the_network_is_small_and_of_8_bits(out: Path) -> None:
    assert (out / "digit.onnx").stat().st_size < 700_000


def test_a_run_begins_with_another_network(digits: Digits, out: Path, tmp_path: Path) -> None:
    """With hardly a step, it stays what it began with; another network would know nothing."""
    few = replace(CONFIG, epochs=1, epoch_pictures=64, learning_rate=1e-6)
    for start in (out / "digit.onnx", out / "digit.pt"):
        card = run(few, tmp_path / start.suffix, own=digits, inherited=Inherited(start))
        assert card.history[-1].validation_accuracy > 0.8
        assert card.started_from == sha256(start)
        assert card.started_from in card.as_markdown()
        (first,) = card.before
        assert (first.config, len(first.history)) == (CONFIG, CONFIG.epochs)
        began = "Trained by `inkread train --preset quick --data FOLDER --epochs 3 "
        went_on = "`, then by `inkread train --preset quick --data FOLDER --start FILE --epochs 1 "
        assert began in card.as_markdown()
        assert went_on in card.as_markdown()
    further = tmp_path / ".onnx" / "digit.onnx"
    assert [each.config.epochs for each in courses_beside(further)] == [3, 1]
    further.write_bytes(b"another network, beside a card that is not its own")
    assert courses_beside(further) == []
    assert courses_beside(tmp_path / "nowhere.pt") == []


def test_a_run_comes_to_the_mean_with_other_weights(
    digits: Digits, out: Path, tmp_path: Path
) -> None:
    began = torch.load(out / "digit.pt", weights_only=True)
    other = began | {"classify.3.bias": began["classify.3.bias"] + 2}
    torch.save(other, tmp_path / "other.pt")
    few = replace(CONFIG, epochs=1, epoch_pictures=64, learning_rate=1e-6)
    inherited = Inherited(out / "digit.pt", averaged=(tmp_path / "other.pt",))
    card = run(few, tmp_path / "mean", own=digits, inherited=inherited)
    mean = torch.load(tmp_path / "mean" / "digit.pt", weights_only=True)
    assert torch.allclose(mean["classify.3.bias"], began["classify.3.bias"] + 1, atol=1e-3)
    assert card.averaged == [sha256(tmp_path / "other.pt")]
    page = card.as_markdown()
    assert "--data FOLDER --start FILE --average FILE --epochs 1 " in page
    assert f"| averaged with those of SHA-256 | {card.averaged[0]} |" in page
    (first, last) = courses_beside(tmp_path / "mean" / "digit.pt")
    assert (first.averaged, last.averaged) == ([], card.averaged)
    missing = Inherited(averaged=(tmp_path / "none.pt",))
    with pytest.raises(DataError, match=r"no such file: .+none\.pt"):
        run(few, tmp_path / "never", own=digits, inherited=missing)
    assert not list((tmp_path / "never").iterdir())  # it fails before it is trained


def test_digits_are_held_out_the_same_way_every_time(digits: Digits) -> None:
    training, validation = split(digits, CONFIG)
    assert (len(training), len(validation)) == (368, 92)
    again, _ = split(digits, CONFIG)
    assert np.array_equal(again.labels, training.labels)
    other, _ = split(digits, replace(CONFIG, seed=2))
    assert np.array_equal(other.pictures, training.pictures)
    assert not np.array_equal(training.pictures, digits.pictures[:368])


def test_a_folder_that_cannot_be_made_is_named(digits: Digits, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        run(CONFIG, tmp_path / "file" / "out", own=digits)
    assert caught.value.message == (
        f"cannot make the folder, Not a directory: {tmp_path / 'file' / 'out'}"
    )


def test_a_network_that_changed_while_it_was_exported_is_refused(
    digits: Digits, tmp_path: Path
) -> None:
    network = Compact().eval()
    export_onnx(network, tmp_path / "digit.onnx")
    inks = np.divide(digits.pictures[:50], 255, dtype=np.float32)
    check_same(network, tmp_path / "digit.onnx", inks)
    with torch.no_grad():
        list(network.parameters())[-2].mul_(30)
    with pytest.raises(DataError) as caught:
        check_same(network, tmp_path / "digit.onnx", inks)
    assert re.fullmatch(
        r"the exported network differs from the trained one by \d\.\de-\d\d, more than 1e-04: .+",
        caught.value.message,
    )


@pytest.mark.parametrize("name", ["dense", "lenet", "residual"])
def test_every_architecture_can_be_exported(name: str, digits: Digits, tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = ARCHITECTURES[name]()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            module.momentum = 0.5  # a few steps have to do
    inks = np.divide(digits.pictures, 255, dtype=np.float32)
    optimizer = torch.optim.AdamW(network.parameters(), 2e-3)
    for _ in range(12):  # so that its answers differ
        logits = network.train()(torch.from_numpy(inks[:, None]))
        optimizer.zero_grad()
        torch.autograd.backward(functional.cross_entropy(logits, torch.from_numpy(digits.labels)))
        optimizer.step()
    path = tmp_path / "digit.onnx"
    assert export(network.eval(), inks, path) < 0.01
    exact, small = probabilities(network, inks), Engine(path).probabilities(inks)
    assert len(set(exact.argmax(axis=1))) > 3
    assert np.mean(exact.argmax(axis=1) == small.argmax(axis=1)) > 0.95


def test_too_few_digits_are_refused(digits: Digits, tmp_path: Path) -> None:
    few = Digits(digits.pictures[:30], digits.labels[:30])
    with pytest.raises(DataError) as caught:
        run(CONFIG, tmp_path, own=few)
    assert caught.value.message == "needs at least 50 pictures of digits, got 30"


def test_pictures_without_ink_are_told_and_left_out(digits: Digits) -> None:
    pictures = [*digits.pictures[:3], np.zeros((28, 28), np.uint8), b"no picture"]
    ids = ("a", "b", "c", "blank", "damaged")
    told: list[tuple[str, str]] = []
    labelled = LabelledSet("mine", pictures, np.arange(5), ids)
    kept = framed(labelled, lambda name, reason: told.append((name, reason)))
    assert kept.labels.tolist() == [0, 1, 2]
    assert [name for name, _ in told] == ["blank", "damaged"]
    assert told[0][1] == "the picture has no ink"


def test_writers_not_trained_on_calibrate_where_they_are_here(data: Path, digits: Digits) -> None:
    usps, cvl = calibration_sets(["usps-train", "cvl-even"], digits, data)
    assert 7_200 < len(usps) <= 7_291
    assert 6_900 < len(cvl) <= 7_000
    (own,) = calibration_sets([], digits, None)
    assert np.array_equal(own.labels, digits.labels)

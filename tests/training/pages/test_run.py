"""Training runs of the networks of pages."""

import json
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch

from inkread import Reader
from inkread.data.sources import load_omniglot
from inkread.engine import PageEngine
from inkread.errors import DataError
from inkread.training.alphabets import ALPHABETS
from inkread.training.card import sha256
from inkread.training.config import PAGES
from inkread.training.pages import run as module
from inkread.training.pages.page import SIZES
from inkread.training.pages.run import Plan, run, show
from inkread.training.pages.sources import sources
from tests.training.pages.test_networks import bundled

CARD = Path(module.__file__).parents[2] / "weights" / "page.json"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make runs take seconds."""
    for name in ("CALIBRATING", "WORDS", "FORMS", "JUDGED", "WATCHED", "CROPS", "STRIPS"):
        monkeypatch.setattr(module, name, 40)
    for name in ("LARGE_WORDS", "LARGE_FORMS"):
        monkeypatch.setattr(module, name, 4)


@pytest.mark.usefixtures("short")
def test_a_run_writes_its_networks_and_a_card(data: Path, tmp_path: Path) -> None:
    changes = {"epochs": 1, "epoch_pictures": 64}
    card = run(Plan(changes), tmp_path, data)
    names = sorted(path.name for path in tmp_path.iterdir())
    networks = ["line.onnx", "line.pt", "page.json", "page.md", "page.onnx", "page.pt"]
    assert names == [*networks, "sign.onnx", "sign.pt"]
    command = "`inkread train pages --only line --epochs 1 --epoch-pictures 64`: 1 epochs"
    assert command in card.as_markdown()
    assert json.loads((tmp_path / "page.json").read_text())["sha256"] == card.sha256
    assert PageEngine(tmp_path).calibration.keys() == vars(card.calibration).keys()
    weights = sha256(tmp_path / "line.pt")
    plan = Plan(changes | {"seed": 2}, only=["line"], further=True)
    further = run(plan, tmp_path, data)
    assert further.sha256["sign.onnx"] == card.sha256["sign.onnx"]
    assert further.networks["page"] == card.networks["page"]
    first, second = further.networks["line"]
    assert [first] == card.networks["line"]
    assert (second.started_from, second.config.seed) == (weights, 2)
    assert "; then `inkread train pages --only line --further --seed 2" in further.as_markdown()
    assert sha256(tmp_path / "line.pt") != weights
    (tmp_path / "line.pt").unlink()
    exported = sha256(tmp_path / "line.onnx")
    assert run(plan, tmp_path, data).networks["line"][2].started_from == exported
    start = Path(module.__file__).parents[2] / "weights" / "digit.onnx"
    begun = run(Plan(changes, only=["sign"], start=start), tmp_path, data)
    assert [each.started_from for each in begun.networks["sign"]] == [sha256(start)]
    (tmp_path / "sign.pt").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"damaged, or not of .*sign\.pt"):
        run(replace(plan, only=["sign"]), tmp_path, data)


@pytest.mark.usefixtures("short")
def test_a_run_that_is_stopped_while_it_calibrates_goes_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(CARD, bundled(tmp_path))
    begun = {path.name: sha256(path) for path in tmp_path.iterdir()}

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_calibrated", stop)
    plan = Plan({"epochs": 1, "epoch_pictures": 64}, only=["line"], further=True)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run(plan, tmp_path, data)
        left = {path.name: sha256(path) for path in tmp_path.iterdir()}
        assert left.pop("line-checkpoint.pt")
        assert left == begun


def test_pages_are_judged_by_characters_that_no_network_was_taught(data: Path) -> None:
    taught, judging = sources(PAGES, data)
    every = load_omniglot(data).pictures
    held_out = {each.tobytes() for each in judging.characters.pictures}
    shares = {
        np.mean([each.tobytes() in held_out for each in drawings])
        for drawings in every.reshape(-1, 20, *every.shape[1:])
    }
    assert shares == {0, 1}
    taught_too = {each.tobytes() for each in taught.characters.pictures}
    assert not taught_too & held_out
    signs = sum(map(len, ALPHABETS.values()))
    assert len(taught.characters.pictures) + len(held_out) == len(every) + signs


def test_a_network_that_is_not_to_be_trained_has_to_be_there(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs the card of trained networks"):
        run(Plan(only=["line"]), tmp_path, data)


def test_pages_can_be_looked_at(data: Path, tmp_path: Path) -> None:
    sheet = show(PAGES, 6, tmp_path, data)
    assert Reader().read_page(sheet).width == 4 * SIZES[0][1]


@pytest.mark.usefixtures("short")
def test_a_network_may_end_as_the_mean_of_before_and_after(data: Path, tmp_path: Path) -> None:
    shutil.copy(CARD, bundled(tmp_path))
    plan = Plan({"epochs": 1, "epoch_pictures": 64}, only=["line"], further=True)
    run(plan, tmp_path, data)
    begun = (tmp_path / "line.pt").read_bytes()
    ends = []
    for mean in (False, True):
        (tmp_path / "line.pt").write_bytes(begun)
        card = run(replace(plan, mean=mean), tmp_path, data)
        ends.append(torch.load(tmp_path / "line.pt", weights_only=True))
        course = card.networks["line"][-1]
        assert course.averaged == ([course.started_from] if mean else [])
        assert ("--only line --further --mean" in card.as_markdown()) == mean
    first = torch.load(BytesIO(begun), weights_only=True)
    assert any((first[name] != ends[0][name]).any() for name in first)
    for name in (name for name in first if first[name].is_floating_point()):
        torch.testing.assert_close(ends[1][name], (first[name] + ends[0][name]) / 2)

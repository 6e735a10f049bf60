"""A whole training run for pages: networks that find signs, look closely, and read numbers."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from inkread.engine import PageEngine
from inkread.maps import Floats, found, iou
from inkread.training import card, config, finish
from inkread.training.batches import Maker
from inkread.training.card import Course
from inkread.training.config import TrainingConfig
from inkread.training.export import logits
from inkread.training.loop import Learner, Loss
from inkread.training.mixture import Grey
from inkread.training.networks import Compact
from inkread.training.pages import export
from inkread.training.pages.calibrate import SAME, fit, judged
from inkread.training.pages.card import Networks, PageCard, figures
from inkread.training.pages.crops import Crops
from inkread.training.pages.network import LineNet, PageNet, SignNet, line_loss, loss
from inkread.training.pages.page import LARGE, SIZES, Pages, even
from inkread.training.pages.sources import sources
from inkread.training.pages.strips import Strips, read_right
from inkread.training.pages.targets import Page
from inkread.training.restore import load, mean
from inkread.training.run import digest, examples, learn, make_folder

WATCHED = 160  # pages that the accuracy is watched on
CALIBRATING = 3_000  # pages as people hand them in, with numbers
WORDS, FORMS = 700, 400  # pages of words alone, and forms
LARGE_WORDS, LARGE_FORMS = 120, 100  # of those with many rows
JUDGED = 1_000  # other pages, for the card
CROPS = 2_000
SHOWN = 160  # pages or strips, from which the ranges of 8 bits are taken
STRIPS = 250  # of each size of page
NETWORKS = ("page", "sign", "line")
FILES = tuple(f"{name}.onnx" for name in NETWORKS)


@dataclass(frozen=True)
class Plan:
    """What a run trains, and from what on.

    Attributes:
        changes: hyper-parameters, by name, that differ from those in `config.BY_NETWORK`, of each
            network that is trained.
        only: which of NETWORKS to train; the others are those in the folder.
        start: weights of a digit network for the sign network to begin with; new ones when None.
        further: whether to begin with the networks in the folder.
        mean: whether a network that began with one in the folder ends as the mean of both.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    only: Collection[str] = NETWORKS
    start: Path | None = None
    further: bool = False
    mean: bool = False

    def settings(self, name: str) -> TrainingConfig:
        """Return the hyper-parameters of a network."""
        once = {"first_cycle": 0} if "epochs" in self.changes else {}
        return replace(config.BY_NETWORK[name], **{**once, **self.changes})


def run(plan: Plan, out: Path, data: Path | None = None) -> PageCard:
    """Train the networks, calibrate them together, and write their card.

    Progress goes to standard error. A run that was stopped goes on where it was.

    Args:
        plan: what is trained.
        out: folder for `page.onnx`, `sign.onnx`, `line.onnx`, their weights as trained (`.pt`) and
            their card; made where missing.
        data: folder with the data sets; fetched when None.

    Raises:
        DataError: the data is missing or damaged, `out` cannot be written, or lacks a network
            that is not to be trained, or one that is to be trained further.
    """
    make_folder(out)
    goes_on = plan.further or set(plan.only) != set(NETWORKS)
    before = PageCard.read(out).networks if goes_on else {}
    pages, held_out = sources(before["page"][0].config if before else plan.settings("page"), data)
    teacher = _Teacher(plan, out, pages, held_out, before)
    teach = {"page": teacher.page, "sign": teacher.sign, "line": teacher.line}
    networks = {name: teach[name]() if name in plan.only else before[name] for name in NETWORKS}
    # Nothing is replaced before all is done: a run that was stopped begins with what it began with.
    with tempfile.TemporaryDirectory(dir=out) as folder:
        new = Path(folder)
        for name in NETWORKS:
            path = new / f"{name}.onnx"
            if name in teacher.exports:
                teacher.exports[name](path)
                torch.save(teacher.weights[name], path.with_suffix(".pt"))
            else:
                shutil.copy(out / path.name, path)
        result = _calibrated(networks, new, held_out)
        for each in new.iterdir():
            each.replace(out / each.name)
    for name in teacher.exports:
        teacher.checkpoint(name).unlink(missing_ok=True)
    return result


def recalibrate(out: Path, data: Path | None = None) -> PageCard:
    """Calibrate trained networks anew, as after a change of what reads with them.

    Args:
        out: folder with the networks and their card.
        data: folder with the data sets; fetched when None.

    Raises:
        DataError: the card or the data is missing or damaged.
    """
    networks = PageCard.read(out).networks
    _, held_out = sources(networks["page"][0].config, data)
    return _calibrated(networks, out, held_out)


def _calibrated(networks: Networks, out: Path, held_out: Pages) -> PageCard:
    """Fit how sure the networks in a folder may be, measure them, and write their card."""
    rng = np.random.default_rng(networks["page"][0].config.seed)
    network = PageEngine(out)
    found = judged(replace(held_out, without=0.0), network, CALIBRATING, rng)
    text = replace(held_out, without=1.0)
    forms = replace(held_out, plain=1.0, without=0.0, single=0.0, forms=1.0)
    words = judged(text, network, WORDS, rng) + judged(forms, network, FORMS, rng)
    words += judged(text, network, LARGE_WORDS, rng, LARGE)
    words += judged(forms, network, LARGE_FORMS, rng, LARGE)
    calibration = fit(found, words, network)
    export.calibrate(out / "page.onnx", calibration)
    result = PageCard(
        networks,
        calibration=calibration,
        figures=figures(judged(held_out, network, JUDGED, rng), calibration, network),
        calibrated=card.commit(),
        made=card.today(),
        sha256={name: card.sha256(out / name) for name in FILES},
    )
    result.write(out)
    return result


def show(settings: TrainingConfig, count: int, out: Path, data: Path | None = None) -> Path:
    """Draw a contact sheet of pages as they are trained on, with the boxes of their signs.

    Returns:
        The file.
    """
    make_folder(out)
    pages, _ = sources(settings, data)
    rng = np.random.default_rng(settings.seed)
    drawn = [_boxed(pages.page(SIZES[0], rng)) for _ in range(count)]
    drawn += [np.zeros_like(drawn[0])] * (-count % 4)
    rows = [np.hstack(drawn[start : start + 4]) for start in range(0, len(drawn), 4)]
    path = out / "pages.png"
    cv2.imwrite(str(path), np.vstack(rows))
    return path


def found_and_named(network: nn.Module, pages: list[Page]) -> float:
    """Return how many signs are found and named right, 0–1, as F1."""
    right = there = thought = 0
    network.eval()
    device = next(network.parameters()).device
    for page in pages:
        shares = torch.from_numpy(even(page.picture)[None, None]).to(device).float() / 255
        with torch.inference_mode():
            seen = found(network(shares)[0].cpu().numpy(), 0.3)
        there, thought = there + len(page.labels), thought + len(seen.presence)
        if len(page.labels) and len(seen.presence):
            shared = iou(seen.boxes, page.boxes)
            same = seen.signs.argmax(axis=1)[:, None] == page.labels[None, :]
            right += int(((shared >= SAME) & same).any(axis=0).sum())
    return 2 * right / max(there + thought, 1)


@dataclass(frozen=True)
class _Teacher:
    """Trains the networks: see `run`; `weights`, by name, are those it came to."""

    plan: Plan
    out: Path
    pages: Pages
    held_out: Pages
    before: Networks
    weights: dict[str, dict[str, torch.Tensor]] = field(default_factory=dict)
    exports: dict[str, Callable[[Path], object]] = field(default_factory=dict)

    def checkpoint(self, name: str) -> Path:
        return self.out / f"{name}-checkpoint.pt"

    def page(self) -> list[Course]:
        judge = partial(found_and_named, pages=_pages(self.held_out, WATCHED))
        network, courses = self._taught("page", PageNet, self.pages, judge, loss)
        shown = [even(each.picture) for each in _pages(self.pages, SHOWN)]
        self.exports["page"] = partial(export.export_page, network, shown)
        return courses

    def sign(self) -> list[Course]:
        crops, settings = Crops(self.pages), self.plan.settings("sign")
        looks, labels = _looks(self.held_out, settings.seed)
        judge = partial(_named_right, looks=looks, labels=labels)
        new = partial(_looking, self.plan.start, partial(examples, crops, settings))
        network, courses = self._taught("sign", new, crops, judge)
        looks, _ = _looks(self.pages, settings.seed)
        self.exports["sign"] = partial(finish.export, network, looks)
        return courses

    def line(self) -> list[Course]:
        held_out = Strips(self.held_out)
        watched = [held_out.batch(STRIPS, np.random.default_rng(each)) for each in range(4)]
        judge = partial(read_right, batches=watched)
        network, courses = self._taught("line", LineNet, Strips(self.pages), judge, line_loss)
        shown, _ = Strips(self.pages).batch(SHOWN, np.random.default_rng(0))
        self.exports["line"] = partial(export.export_line, network, shown)
        return courses

    def _taught(
        self,
        name: str,
        new: Callable[[], nn.Module],
        maker: Maker,
        judge: Callable[[nn.Module], float],
        loss: Loss | None = None,
    ) -> tuple[nn.Module, list[Course]]:
        """Train a network: a new one, or that in the folder further."""
        settings = self.plan.settings(name)
        torch.manual_seed(settings.seed)
        network, begun, courses = new(), "", []
        first: dict[str, torch.Tensor] = {}
        if name == "sign" and self.plan.start is not None:
            begun = card.sha256(self.plan.start)
        if self.plan.further:
            courses = self.before[name]
            weights = self.out / f"{name}.pt"
            if not weights.exists():
                weights = self.out / f"{name}.onnx"
            load(network, weights, partial(examples, maker, settings))
            begun = card.sha256(weights)
            first = deepcopy(network.state_dict()) if self.plan.mean else {}
        data = digest(maker, settings) + begun
        learner = Learner(network, settings, data, card.commit(), loss)
        network = learn(learner, maker, judge, self.checkpoint(name))
        if first:
            network.load_state_dict(mean([network.state_dict(), first]))
        self.weights[name] = network.state_dict()
        parameters = sum(each.numel() for each in network.parameters())
        made = learner.commit, card.machine(), begun
        averaged = [begun] if first else []
        course = Course(parameters, settings, learner.history, *made, averaged=averaged)
        return network, [*courses, course]


def _pages(pages: Pages, count: int) -> list[Page]:
    rng = np.random.default_rng(0)
    return [pages.page(SIZES[index % len(SIZES)], rng) for index in range(count)]


def _looks(pages: Pages, seed: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return close looks at signs, shape (CROPS, 3, 28, 28), 0–1, and their labels."""
    looks, labels = Crops(pages).batch(CROPS, np.random.default_rng(seed))
    return np.divide(looks, 255, dtype=np.float32), labels


def _named_right(network: nn.Module, looks: Floats, labels: NDArray[np.int64]) -> float:
    """Return the share, 0–1, of close looks that are named right, as digits or as none."""
    device = next(network.parameters()).device
    named = logits(network.cpu(), looks).argmax(axis=1)
    network.to(device)
    return float((named == labels).mean())


def _looking(start: Path | None, shown: Callable[[], torch.Tensor]) -> SignNet:
    """Return a sign network that begins with the weights of a digit network, or with new ones."""
    network = Compact()
    if start is not None:
        load(network, start, lambda: shown()[:, :1])
    return SignNet(network)


def _boxed(page: Page) -> Grey:
    """Draw the boxes of a page's signs."""
    drawn = page.picture.copy()
    for left, top, right, bottom in page.boxes.round().astype(int).tolist():
        cv2.rectangle(drawn, (left, top), (right, bottom), 0, 1)
    return drawn

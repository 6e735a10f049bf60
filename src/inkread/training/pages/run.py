"""A whole training run for pages: networks that find signs, look closely, and read numbers."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from inkread.engine import PageEngine
from inkread.errors import DataError
from inkread.maps import Floats, found, iou
from inkread.training import card, config, finish
from inkread.training.batches import Maker
from inkread.training.config import TrainingConfig
from inkread.training.export import logits
from inkread.training.loop import Learner, Loss
from inkread.training.mixture import Grey
from inkread.training.networks import Compact
from inkread.training.pages import export
from inkread.training.pages.calibrate import SAME, fit, judged
from inkread.training.pages.card import PageCard, Taught, figures
from inkread.training.pages.crops import Crops
from inkread.training.pages.network import LineNet, PageNet, SignNet, line_loss, loss
from inkread.training.pages.page import SIZES, Pages, even
from inkread.training.pages.sources import sources
from inkread.training.pages.strips import Strips, read_right
from inkread.training.pages.targets import Page
from inkread.training.run import digest, learn, make_folder

WATCHED = 160  # pages that the accuracy is watched on
CALIBRATING = 1_500  # pages
JUDGED = 1_000  # other pages, for the card
CROPS = 2_000
STRIPS = 250  # of each size of page
NETWORKS = ("page", "sign", "line")
FILES = tuple(f"{name}.onnx" for name in NETWORKS)


def run(
    settings: TrainingConfig,
    out: Path,
    data: Path | None = None,
    start: Path | None = None,
    only: Collection[str] = NETWORKS,
) -> PageCard:
    """Train the networks, calibrate them together, and write their card.

    Progress goes to standard error. A run that was stopped goes on where it was.

    Args:
        settings: the hyper-parameters of the page network; the others take their seed from it.
        out: folder for `page.onnx`, `sign.onnx`, `line.onnx` and their card; made where missing.
        data: folder with the data sets; fetched when None.
        start: weights of a digit network for the sign network to begin with; new ones when None.
        only: which of NETWORKS to train; the others are those in `out`.

    Raises:
        DataError: the data is missing or damaged, `out` cannot be written, or lacks a network
            that is not to be trained.
    """
    make_folder(out)
    kept = [name for name in NETWORKS if name not in only]
    before = PageCard.read(out).networks if kept else {}
    pages, held_out = sources(settings, data)
    course = _Course(settings, out, pages, held_out, start)
    teach = {"page": course.page, "sign": course.sign, "line": course.line}
    networks = {}
    for name in NETWORKS:
        torch.manual_seed(settings.seed)
        networks[name] = before[name] if name in kept else teach[name]()
    result = _calibrated(PageCard(settings, networks), out, held_out)
    for name in only:
        course.checkpoint(name).unlink(missing_ok=True)
    return result


def recalibrate(out: Path, data: Path | None = None) -> PageCard:
    """Calibrate trained networks anew, as after a change of what reads with them.

    Args:
        out: folder with the networks and their card.
        data: folder with the data sets; fetched when None.

    Raises:
        DataError: the card or the data is missing or damaged.
    """
    before = PageCard.read(out)
    _, held_out = sources(before.config, data)
    return _calibrated(before, out, held_out)


def _calibrated(trained: PageCard, out: Path, held_out: Pages) -> PageCard:
    """Fit how sure the networks in a folder may be, measure them, and write their card."""
    rng = np.random.default_rng(trained.config.seed)
    network = PageEngine(out)
    calibration = fit(judged(held_out, network, CALIBRATING, rng), network)
    export.calibrate(out / "page.onnx", calibration)
    result = replace(
        trained,
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
class _Course:
    """What the networks are trained with: see `run`."""

    settings: TrainingConfig
    out: Path
    pages: Pages
    held_out: Pages
    start: Path | None

    def checkpoint(self, name: str) -> Path:
        return self.out / f"{name}-checkpoint.pt"

    def page(self) -> Taught:
        watched = _pages(self.held_out, WATCHED)
        learner = self._learner(PageNet(), self.settings, self.pages, loss)
        judge = partial(found_and_named, pages=watched)
        network, taught = self._taught("page", learner, self.pages, judge)
        export.export_page(network, self.out / "page.onnx")
        return taught

    def sign(self) -> Taught:
        crops, seed = Crops(self.pages), self.settings.seed
        looks, labels = _looks(self.held_out, seed)
        network = SignNet(_started(self.start))
        learner = self._learner(network, replace(config.SIGNS, seed=seed), crops)
        judge = partial(_named_right, looks=looks, labels=labels)
        trained, taught = self._taught("sign", learner, crops, judge)
        finish.export(trained, _looks(self.pages, seed)[0], self.out / "sign.onnx")
        return replace(taught, started_from="" if self.start is None else card.sha256(self.start))

    def line(self) -> Taught:
        strips, seed = Strips(self.pages), self.settings.seed
        held_out = Strips(self.held_out)
        watched = [held_out.batch(STRIPS, np.random.default_rng(each)) for each in range(4)]
        learner = self._learner(LineNet(), replace(config.LINES, seed=seed), strips, line_loss)
        judge = partial(read_right, batches=watched)
        network, taught = self._taught("line", learner, strips, judge)
        export.export_line(network, self.out / "line.onnx")
        return taught

    @staticmethod
    def _learner(
        network: nn.Module, settings: TrainingConfig, maker: Maker, loss: Loss | None = None
    ) -> Learner:
        return Learner(network, settings, digest(maker, settings), card.commit(), loss)

    def _taught(
        self, name: str, learner: Learner, maker: Maker, judge: Callable[[nn.Module], float]
    ) -> tuple[nn.Module, Taught]:
        """Train a network, or go on with it."""
        network = learn(learner, maker, judge, self.checkpoint(name))
        parameters = sum(each.numel() for each in network.parameters())
        return network, Taught(parameters, learner.history, learner.commit, card.machine())


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


def _started(start: Path | None) -> Compact:
    """Return a digit network with the weights of another run, or new ones.

    Raises:
        DataError: the file is missing or no such weights.
    """
    network = Compact()
    if start is None:
        return network
    try:
        network.load_state_dict(torch.load(start, weights_only=True))
    except Exception as error:  # torch raises whatever a damaged file makes it raise
        raise DataError(f"needs the weights of a digit network, digit.pt: {start}") from error
    return network


def _boxed(page: Page) -> Grey:
    """Draw the boxes of a page's signs."""
    drawn = page.picture.copy()
    for left, top, right, bottom in page.boxes.round().astype(int).tolist():
        cv2.rectangle(drawn, (left, top), (right, bottom), 0, 1)
    return drawn

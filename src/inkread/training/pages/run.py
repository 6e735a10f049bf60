"""A whole training run for pages: a network that finds signs, and one that looks closely."""

from dataclasses import replace
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
from inkread.training.config import TrainingConfig
from inkread.training.export import logits
from inkread.training.loop import Learner
from inkread.training.mixture import Grey
from inkread.training.networks import Compact
from inkread.training.pages import export
from inkread.training.pages.calibrate import SAME, fit, judged
from inkread.training.pages.card import PageCard, figures
from inkread.training.pages.crops import Crops
from inkread.training.pages.network import PageNet, SignNet, loss
from inkread.training.pages.page import SIZES, Pages, even
from inkread.training.pages.sources import sources
from inkread.training.pages.targets import Page
from inkread.training.run import digest, learn, make_folder

WATCHED = 160  # pages that the accuracy is watched on
CALIBRATING = 1_500  # pages
JUDGED = 1_000  # other pages, for the card
CROPS = 2_000


def run(
    settings: TrainingConfig, out: Path, data: Path | None = None, start: Path | None = None
) -> PageCard:
    """Train both networks, calibrate them together, and write their card.

    Progress goes to standard error. A run that was stopped goes on where it was.

    Args:
        settings: the hyper-parameters of the page network.
        out: folder for `page.onnx`, `sign.onnx` and their card; made where missing.
        data: folder with the data sets; fetched when None.
        start: weights of a digit network to begin the second one with; new ones when None.

    Raises:
        DataError: the data is missing or damaged, or `out` cannot be written.
    """
    make_folder(out)
    pages, held_out = sources(settings, data)
    torch.manual_seed(settings.seed)
    finder = Learner(PageNet(), settings, digest(pages, settings), card.commit(), loss)
    watched = _pages(held_out, WATCHED)
    checkpoints = [out / "page-checkpoint.pt", out / "sign-checkpoint.pt"]
    page = learn(finder, pages, lambda network: found_and_named(network, watched), checkpoints[0])
    export.export_onnx(page, out / "page.onnx")
    crops = Crops(pages)
    of_signs = replace(config.SIGNS, seed=settings.seed)
    namer = Learner(SignNet(_started(start)), of_signs, digest(crops, of_signs), card.commit())
    looks, labels = _looks(held_out, settings.seed)
    sign = learn(namer, crops, lambda network: _named_right(network, looks, labels), checkpoints[1])
    finish.export(sign, _looks(pages, settings.seed)[0], out / "sign.onnx")
    trained = PageCard(
        config=settings,
        started_from="" if start is None else card.sha256(start),
        history=finder.history,
        history_of_signs=namer.history,
        parameters={
            name: sum(each.numel() for each in network.parameters())
            for name, network in (("page", page), ("sign", sign))
        },
        machine=card.machine(),
        commits={"page": finder.commit, "sign": namer.commit},
    )
    result = _calibrated(trained, out, held_out)
    for path in checkpoints:
        path.unlink(missing_ok=True)
    return result


def recalibrate(out: Path, data: Path | None = None) -> PageCard:
    """Calibrate trained networks anew, as after a change of what reads with them.

    Args:
        out: folder with `page.onnx`, `sign.onnx` and their card.
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
    calibration = fit(judged(held_out, PageEngine(out), CALIBRATING, rng))
    export.calibrate(out / "page.onnx", calibration)
    result = replace(
        trained,
        calibration=calibration,
        figures=figures(judged(held_out, PageEngine(out), JUDGED, rng), calibration),
        calibrated=card.commit(),
        made=card.today(),
        sha256={name: card.sha256(out / name) for name in ("page.onnx", "sign.onnx")},
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

"""The networks of pages learn, and are exported as they are."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from inkread.engine import PageEngine
from inkread.naming import Calibration
from inkread.strips import STEP_PX
from inkread.training.batches import Arrays
from inkread.training.loop import Loss
from inkread.training.pages import export
from inkread.training.pages import run as module
from inkread.training.pages.network import LineNet, PageNet, line_loss, loss
from inkread.training.pages.page import Pages
from inkread.training.pages.strips import Strips


def learned(network: nn.Module, loss: Loss, batch: Arrays, steps: int) -> list[float]:
    """Teach a network one batch and return its losses."""
    shares, wanted = torch.from_numpy(batch[0][:, None]).float() / 255, torch.from_numpy(batch[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(steps):
        value = loss(network(shares), wanted)
        optimizer.zero_grad()
        torch.autograd.backward(value)
        optimizer.step()
        losses.append(value.item())
    return losses


def bundled(folder: Path) -> Path:
    """Copy the networks that ship into a folder, to exchange one of them."""
    for name in module.FILES:
        weights = Path(__file__).parents[3] / "src" / "inkread" / "weights" / name
        (folder / name).write_bytes(weights.read_bytes())
    return folder


def test_the_network_learns_pages_and_reads_them(pages: Pages, tmp_path: Path) -> None:
    """A few steps on one batch: the loss falls, and the exported file answers the same."""
    torch.manual_seed(0)
    network = PageNet()
    pictures, maps = pages.batch(4, np.random.default_rng(0))
    losses = learned(network, loss, (pictures, maps), 30)
    assert losses[-1] < 0.5 * losses[0]
    file = bundled(tmp_path) / "page.onnx"
    export.export_page(network, pictures, file)
    export.calibrate(file, Calibration(free=(0.5, 1, 0)))
    engine = PageEngine(tmp_path)
    assert Calibration(**engine.calibration).free[0] == 0.5
    page = np.ascontiguousarray(pictures[0, :40, :72])  # other sides than those of the export
    with torch.inference_mode():
        exact = network(torch.from_numpy(page[None, None]).float() / 255)[0].numpy()
    assert np.abs(engine.maps(page) - exact).mean() < 0.05 * exact.std()  # of 8 bits


def test_the_line_network_learns_numbers_and_is_exported(pages: Pages, tmp_path: Path) -> None:
    """A few steps on one batch: the loss falls, and the file answers the same at any width."""
    torch.manual_seed(0)
    network = LineNet()
    strips, digits = Strips(pages).batch(6, np.random.default_rng(0))
    losses = learned(network, line_loss, (strips, digits), 60)
    assert losses[-1] < 0.5 * losses[0]
    shown, _ = Strips(pages).batch(60, np.random.default_rng(1))
    export.export_line(network, shown, bundled(tmp_path) / "line.onnx")
    for width in (64, 96):
        strip = np.ascontiguousarray(strips[0, :, :width])
        with torch.inference_mode():
            exact = network(torch.from_numpy(strip[None, None]).float() / 255).softmax(dim=2)[0]
        steps = PageEngine(tmp_path).steps(strip)
        assert steps.shape == (width // STEP_PX, 11)
        # Averaged ranges cut what is rare off: of a network that has hardly learned, not a little
        # (0.032 with the shapes as they are).
        assert np.abs(steps - exact.numpy()).mean() < 0.05

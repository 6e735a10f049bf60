"""The model card: what a network was trained on, how, and what it scores."""

import hashlib
import json
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from inkread.training.config import TrainingConfig
from inkread.training.loop import Epoch

AGREEMENT = 1e-4  # the largest difference of a probability between ONNX and PyTorch


@dataclass(frozen=True)
class ModelCard:
    """All that is known of a trained network.

    Attributes:
        name: of the network's architecture.
        parameters: trained numbers in it.
        config: the hyper-parameters, seed included.
        data: the sources, with the number of pictures of each.
        figures: accuracies, 0–1, by set, and the largest difference of a probability
            between the ONNX file and PyTorch.
        history: of the epochs.
        seconds: that training took.
        machine: that it ran on.
        commit: of the code; `+` where there were uncommitted changes.
        made: when, UTC.
        sha256: of the ONNX file.
    """

    name: str
    parameters: int
    config: TrainingConfig
    data: dict[str, int]
    figures: dict[str, float]
    history: list[Epoch]
    seconds: float
    machine: str
    commit: str
    made: str
    sha256: str

    def write(self, model: Path) -> None:
        """Write the card beside its ONNX file, as JSON to compute with and Markdown to read."""
        model.with_suffix(".json").write_text(
            json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        model.with_suffix(".md").write_text(self.as_markdown(), encoding="utf-8")

    def as_markdown(self) -> str:
        """Return the card as a page of Markdown."""
        return "\n".join(
            [
                f"# Model card: {self.name}",
                "",
                "Reads one handwritten digit: ink of 28×28, framed as MNIST frames it, to the",
                f"probabilities of the digits 0 to 9. Trained by `{self.command()}`.",
                "",
                "It was trained on the sources below alone and knows neither letters nor symbols:",
                "given one of these, it names the digit that looks most like it.",
                "",
                _table("Figure", {name: _figure(value) for name, value in self.figures.items()}),
                _table("Data", {name: f"{count:,} pictures" for name, count in self.data.items()}),
                _table("Hyper-parameter", asdict(self.config)),
                _table("Made", self._provenance()),
                _history(self.history),
            ]
        )

    def command(self) -> str:
        """Return the command that trains such a network again."""
        return f"inkread train --preset {self.config.preset} --seed {self.config.seed}"

    def _provenance(self) -> dict[str, Any]:
        return {
            "parameters": f"{self.parameters:,}",
            "training time": f"{self.seconds:.0f} s",
            "machine": self.machine,
            "commit": self.commit,
            "date": self.made,
            "SHA-256 of the ONNX file": self.sha256,
        }


def _table(title: str, rows: dict[str, Any]) -> str:
    lines = [f"| {name} | {value} |" for name, value in rows.items()]
    return "\n".join([f"| {title} | |", "|---|---|", *lines, ""])


def _figure(value: float) -> str:
    return f"{value:.2%}" if value > 0.01 else f"{value:.1e}"


def _history(history: list[Epoch]) -> str:
    lines = [
        f"| {epoch.number} | {epoch.loss:.4f} | {epoch.validation_accuracy:.2%} "
        f"| {epoch.learning_rate:.1e} | {epoch.seconds:.0f} |"
        for epoch in history
    ]
    head = "| Epoch | Loss | Held-out accuracy | Learning rate | Seconds |"
    return "\n".join([head, "|---|---|---|---|---|", *lines, ""])


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def machine() -> str:
    """Describe what the training runs on."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return (
        f"{torch.get_num_threads()} CPU threads, {platform.machine()}, PyTorch {torch.__version__}"
    )


def commit() -> str:
    """Return the commit of the code, or `unknown` outside a checkout."""
    here = Path(__file__).parent
    try:
        command = ("git", "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*")
        done = subprocess.run(  # noqa: S603  # fixed words
            command, cwd=here, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def today() -> str:
    """Return the time in UTC, to the minute."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")

"""The model card: what a network was trained on, how, and what it scores."""

import hashlib
import json
import platform
import subprocess
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from inkread.errors import SettingsError
from inkread.evaluation import Evaluation
from inkread.reader import NO_DIGIT
from inkread.training.calibrate import Calibration
from inkread.training.config import PRESETS, TrainingConfig
from inkread.training.loop import Epoch


@dataclass(frozen=True)
class Course:
    """How a network was trained, from new weights or further.

    Attributes:
        parameters: how many the network has.
        config: the hyper-parameters, seed included.
        history: of its epochs.
        commit: of the code that trained it; `+` where there were uncommitted changes.
        machine: that it was trained on.
        started_from: SHA-256 of the weights that it began with; empty where new.
        teachers: SHA-256 of each network that taught it.
        averaged: SHA-256 of the weights that it is the mean of, beside its own.
    """

    parameters: int
    config: TrainingConfig
    history: list[Epoch]
    commit: str
    machine: str
    started_from: str = ""
    teachers: list[str] = field(default_factory=list)
    averaged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ModelCard:
    """All that is known of a trained network.

    Attributes:
        name: of the network's architecture.
        parameters: trained numbers in it.
        config: the hyper-parameters, seed included.
        data: the sources, with the number of pictures of each.
        calibration: what is done to its logits.
        calibrated_on: the checking sets that chose it; none where the digits held out did.
        difference: mean absolute, of a probability, 0–1, between the ONNX file and PyTorch.
        evaluations: of the ONNX file.
        history: of the epochs.
        seconds: that training took.
        machine: that it ran on.
        commit: of the code that trained it; `+` where there were uncommitted changes.
        exported_at: commit of the code that calibrated, exported and examined it.
        made: when, UTC.
        sha256: of the ONNX file.
        started_from: SHA-256 of the weights that training began with; empty where new.
        teachers: SHA-256 of each network that taught it.
        averaged: SHA-256 of the weights that it is the mean of, beside its own.
        before: how these were trained, the first course first; none where that is not known.
    """

    name: str
    parameters: int
    config: TrainingConfig
    calibration: Calibration
    calibrated_on: list[str]
    data: dict[str, int]
    difference: float
    evaluations: list[Evaluation]
    history: list[Epoch]
    seconds: float
    machine: str
    commit: str
    exported_at: str
    made: str
    sha256: str
    started_from: str = ""
    teachers: list[str] = field(default_factory=list)
    averaged: list[str] = field(default_factory=list)
    before: list[Course] = field(default_factory=list)

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
                f"probabilities of the digits 0 to 9. Trained by {self._commands()}.",
                "",
                "Its eleventh logit says how little the ink is a digit: where that has a",
                f"probability over {NO_DIGIT}, it is refused. Letters that look like digits",
                "(O, l, I, S, Z) were left out of its training: they are read as digits.",
                "",
                f"Its temperature and its shift were fitted on {self._fitted_on()}.",
                "The sets without digits were looked at when the kinds of non-digits to train on",
                "were chosen, and were not trained on. The other sets chose nothing.",
                "",
                _digit_figures(self.evaluations),
                _other_figures(self.evaluations),
                _table("Data", {name: f"{count:,} pictures" for name, count in self.data.items()}),
                _table("Hyper-parameter", asdict(self.config) | asdict(self.calibration)),
                _table("Made", self._provenance()),
                _history(self.history),
            ]
        )

    def _fitted_on(self) -> str:
        return " and ".join(self.calibrated_on) or "the digits held out of training"

    def summary(self) -> str:
        """Return the figures of each set, a line each."""
        lines = [
            f"{each.name}: {each.digits.accuracy:.2%} right, {each.digits.refused:.2%} refused, "
            f"ECE {each.digits.ece:.2%}"
            for each in self.evaluations
            if each.digits
        ] + [
            f"{each.name}: {each.others.refused:.2%} refused"
            for each in self.evaluations
            if each.others
        ]
        return "\n".join(lines)

    def _commands(self) -> str:
        """Return the commands that train such a network again, one after the other."""
        courses: list[Course | ModelCard] = [*self.before, self]
        return ", then by ".join(f"`{_command(each)}`" for each in courses)

    def _provenance(self) -> dict[str, Any]:
        return {
            "parameters": f"{self.parameters:,}",
            "8-bit ONNX to PyTorch": f"{self.difference:.1e} mean difference of a probability",
            "training time": f"{self.seconds:.0f} s",
            "machine": self.machine,
            **self._beginning(),
            **_others("taught by those of SHA-256", self.teachers),
            **_others("averaged with those of SHA-256", self.averaged),
            "commit that trained it": self.commit,
            "commit that exported it": self.exported_at,
            "date": self.made,
            "SHA-256 of the ONNX file": self.sha256,
        }

    def _beginning(self) -> dict[str, str]:
        """Return the weights that training began with, and how they were trained."""
        if not self.started_from:
            return {}
        known = "; then ".join(
            f"{len(each.history)} epochs, {each.history[-1].seconds:.0f} s, at commit {each.commit}"
            for each in self.before
        )
        return {
            "begun with weights of SHA-256": self.started_from,
            "these were trained in": known or "unknown",
        }


def _others(how: str, networks: list[str]) -> dict[str, str]:
    return {how: ", ".join(networks)} if networks else {}


def _command(course: Course | ModelCard) -> str:
    """Return the command that trains a network of digits, a new one or one that there is."""
    config = course.config
    base = PRESETS[config.preset]
    changed = [
        f" --{name.replace('_', '-')} {value}"
        for name, value in asdict(config).items()
        if value != getattr(base, name)
    ]
    own = " --data FOLDER" if config.own_share else ""
    start = " --start FILE" if course.started_from else ""
    teachers = " --teacher FILE" * len(course.teachers)
    averaged = " --average FILE" * len(course.averaged)
    given = f"{own}{start}{teachers}{averaged}"
    return f"inkread train --preset {config.preset}{given}" + "".join(changed)


def course_from(**parts: Any) -> Course:  # noqa: ANN401  # as they are in JSON
    """Return a course as a card keeps it.

    Raises:
        TypeError, LookupError, SettingsError: it is none.
    """
    parts["config"] = TrainingConfig(**parts["config"])
    parts["history"] = [Epoch(**each) for each in parts["history"]]
    return Course(**parts)


def courses_beside(weights: Path) -> list[Course]:
    """Return how a network was trained, as the card beside its weights says; [] without one.

    Args:
        weights: `digit.onnx`, or `digit.pt` as it was trained.
    """
    own = [each.name for each in fields(Course)]
    try:
        parts = json.loads(weights.with_suffix(".json").read_text(encoding="utf-8"))
        if weights.suffix == ".onnx" and parts["sha256"] != sha256(weights):
            return []
        last = {name: parts[name] for name in own if name in parts}
        courses = [course_from(**each) for each in (*parts.get("before", []), last)]
    except (OSError, ValueError, TypeError, LookupError, SettingsError):
        return []
    known = all(each.history and each.config.preset in PRESETS for each in courses)
    return courses if known else []


def _lines(head: str, rows: list[str]) -> str:
    """Join the lines of a table of Markdown."""
    return "\n".join([head, "|---" * (head.count("|") - 1) + "|", *rows, ""])


def _table(title: str, rows: dict[str, Any]) -> str:
    lines = [f"| {name} | {value} |" for name, value in rows.items()]
    return _lines(f"| {title} | |", lines)


def _digit_figures(evaluations: list[Evaluation]) -> str:
    lines = [
        f"| {each.name} | {each.digits.count:,} | {each.digits.accuracy:.2%} "
        f"({each.digits.accuracy_low:.2%} to {each.digits.accuracy_high:.2%}) "
        f"| {each.digits.refused:.2%} | {each.digits.ece:.2%} |"
        for each in evaluations
        if each.digits
    ]
    return _lines("| Digits | Count | Accuracy (95 % interval) | Refused | ECE |", lines)


def _other_figures(evaluations: list[Evaluation]) -> str:
    lines = [
        f"| {each.name} | {each.others.count:,} | {each.others.refused:.2%} "
        f"| {each.others.surely_called_digits:.2%} |"
        for each in evaluations
        if each.others
    ]
    return _lines(
        "| No digits | Count | Refused | Called a digit with over 90 % confidence |", lines
    )


def _history(history: list[Epoch]) -> str:
    lines = [
        f"| {epoch.number} | {epoch.loss:.4f} | {epoch.validation_accuracy:.2%} "
        f"| {epoch.learning_rate:.1e} | {epoch.seconds:.0f} |"
        for epoch in history
    ]
    return _lines("| Epoch | Loss | Held-out accuracy | Learning rate | Seconds |", lines)


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
    describe = ("describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*")
    top = _git("rev-parse", "--show-toplevel")
    ours = top and (Path(top) / "src" / "inkread") == Path(__file__).parents[1]
    return _git(*describe) if ours else "unknown"  # an installed copy may lie in another checkout


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # fixed words
            ("git", *arguments),  # noqa: S607  # wherever it is
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def today() -> str:
    """Return the time in UTC, to the minute."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")

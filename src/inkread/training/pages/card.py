"""The card of the networks that read pages."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkread.errors import DataError
from inkread.evaluation import calibration_error, reliability
from inkread.glance import Network
from inkread.naming import Calibration, named, number_confidence
from inkread.page import COUNTS
from inkread.training.card import Course, course_from
from inkread.training.config import BY_NETWORK
from inkread.training.pages.calibrate import CUT, Judged, numbers_of, right_numbers

Networks: TypeAlias = dict[str, list[Course]]  # by name: page, sign and line; one after another


@dataclass(frozen=True)
class PageCard:
    """All that is known of the networks.

    Attributes:
        networks: how each was trained.
        calibrated: commit of the code that calibrated them, as that of `Course`.
        made: when, UTC.
        calibration: of all together.
        figures: on pages with digits held out, as `figures` gives.
        sha256: of each file.
    """

    networks: Networks
    calibrated: str = ""
    made: str = ""
    calibration: Calibration = field(default_factory=Calibration)
    figures: dict[str, float] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, out: Path) -> "PageCard":
        """Read the card that was written into a folder.

        Raises:
            DataError: there is none, or it is damaged.
        """
        try:
            parts = json.loads((out / "page.json").read_text(encoding="utf-8"))
            parts["calibration"] = Calibration(**parts["calibration"])
            parts["networks"] = {
                name: [course_from(**each) for each in courses]
                for name, courses in parts["networks"].items()
            }
            return cls(**parts)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DataError(f"needs the card of trained networks: {out / 'page.json'}") from error

    def write(self, out: Path) -> None:
        """Write the card as JSON to compute with and Markdown to read."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        (out / "page.json").write_text(text, encoding="utf-8")
        (out / "page.md").write_text(self.as_markdown(), encoding="utf-8")

    def as_markdown(self) -> str:
        """Return the card as a page of Markdown."""
        rows: dict[str, Any] = {
            "calibrated at commit": self.calibrated,
            "made": self.made,
            **{
                f"{name} network": f"{courses[0].parameters:,} parameters; "
                + "; then ".join(
                    _told(name, each, further=index > 0) for index, each in enumerate(courses)
                )
                for name, courses in self.networks.items()
            },
            **{f"SHA-256 of {name}": digest for name, digest in self.sha256.items()},
        }
        return "\n".join(
            [
                "# Model card: the networks that read pages",
                "",
                "The page network finds digits and separators anywhere on a page; the sign network",
                "looks closely at each; the line network reads a number as a whole. They were",
                "trained on pages that we write ourselves. The network of single digits, which",
                "has its own card, is asked what each sign is called, too. All compute with 8",
                "bits; the page and the line network not in their first and their last layer.",
                "",
                "Figures on pages that we write ourselves, with digits that were not trained on:",
                "",
                "| | |",
                "|---|---|",
                *(f"| {name} | {value:.2%} |" for name, value in self.figures.items()),
                "",
                "| | |",
                "|---|---|",
                *(f"| {name} | {value} |" for name, value in rows.items()),
                "",
            ]
        )

    def summary(self) -> str:
        """Return the figures, a line each."""
        return "\n".join(f"{name}: {value:.2%}" for name, value in self.figures.items())


def _told(name: str, course: Course, *, further: bool) -> str:
    """Return the command of a course, and what it took."""
    usual = BY_NETWORK[name]
    begun = f" --{'further' if further else 'start FILE'}" if course.started_from else ""
    begun += " --mean" * bool(course.averaged)
    changed = [
        f" --{option.replace('_', '-')} {value}"
        for option, value in asdict(course.config).items()
        if value != getattr(usual, option) and option != "first_cycle"
    ]
    weights = course.started_from[:12]
    return (
        f"`inkread train pages --only {name}{begun}{''.join(changed)}`: "
        f"{len(course.history)} epochs, {course.history[-1].seconds / 60:.0f} min on "
        f"{course.machine}, at commit {course.commit}"
        f"{f', begun with weights of SHA-256 {weights}' if weights else ''}"
    )


def figures(found: list[Judged], calibration: Calibration, network: Network) -> dict[str, float]:
    """Return how much was found and read right, shares 0–1, by name."""
    counted, right, written = [], [], 0
    for each in found:
        every = named(each.signs, calibration)
        taken = (every.there >= COUNTS) & every.is_digit & (each.labels != CUT)
        counted.append(each.labels[taken])
        right.append(every.digits[taken].argmax(axis=1))
        written += len(each.missed) + int((each.labels >= 0).sum())
    labels, best = np.concatenate(counted), np.concatenate(right)
    there = labels >= 0
    features, whole = right_numbers(numbers_of(found, calibration, network), calibration)
    sure = number_confidence(features, calibration).astype(np.float64)
    return {
        "digits found, recall": float(there.sum() / max(written, 1)),
        "digits found, precision": _share(there),
        "digits found that are named right": _share((labels == best)[there]),
        "numbers found that are right as a whole": _share(whole),
        "calibration error (ECE) of numbers": calibration_error(reliability(sure, whole)),
        "right of the numbers read at over 95 %": _share(whole[sure > 0.95]),
        "numbers read at over 95 %": _share(sure > 0.95),
    }


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean()) if len(which) else 0.0

"""How long a reading takes, beside the usual Keras app and the network run plainly.

All competitors read the same pictures, round after round in turn, so that whatever else the
machine does slows all of them alike. One thread each.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np

from benchmarks.competitors import COMPETITORS, Competitor, bundled, has_keras
from benchmarks.pictures import drawings
from inkread import Reader

DRAWINGS = 50
ROUNDS = 6
ARRAYS = 2048
STARTS = 3

Figures = dict[str, float]
Item = TypeVar("Item")


def main() -> None:
    """Measure everything and print the table."""
    cv2.setNumThreads(1)
    names = [name for name in COMPETITORS if name != "Keras" or has_keras()]
    if "Keras" not in names:
        print("Keras is left out: needs tensorflow; hint: pip install tensorflow-cpu\n")
    pictures = drawings(DRAWINGS)
    started = first_answers(names, pictures[0])
    ready = {name: COMPETITORS[name]() for name in names}
    print(f"{Path(bundled()).stat().st_size / 1000:.0f} kB: size of inkread's ONNX file\n")
    print(f"{'':<38}" + "".join(f"{name:>20}" for name in names))
    print_row("network alone, one picture, ms", network_ms(ready, pictures))
    print_row("280×280 PNG → digit, ms", read_ms(ready, pictures))
    print_row("28×28 arrays → digits, a second", arrays_a_second(ready, pictures), digits=0)
    print_row("process start → first answer, s", {name: each[0] for name, each in started.items()})
    peaks = {name: each[1] for name, each in started.items()}
    print_row("peak memory until then, MB", peaks, digits=0)


def print_row(what: str, figures: Figures, digits: int = 2) -> None:
    """Print one line of the table: each figure, and how many times ours it is."""
    ours = figures["inkread"]
    cells = [
        f"{each:,.{digits}f}" + ("" if name == "inkread" else f" ({times(each / ours)})")
        for name, each in figures.items()
    ]
    print(f"{what:<38}" + "".join(f"{cell:>20}" for cell in cells))


def times(ratio: float) -> str:
    """Write how many times as much it is, with two digits that count."""
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.2g}×"


def network_ms(ready: dict[str, Competitor], pictures: list[bytes]) -> Figures:
    """Time the network alone on one picture; ours and the plain one are the same network."""
    inks = [reading.ink[None] for reading in Reader().read_digits(pictures)]
    return in_turn({name: each.network for name, each in ready.items()}, inks)


def read_ms(ready: dict[str, Competitor], pictures: list[bytes]) -> Figures:
    """Time the way from the bytes of a PNG to the digit."""
    return in_turn({name: each.read for name, each in ready.items()}, pictures)


def arrays_a_second(ready: dict[str, Competitor], pictures: list[bytes]) -> Figures:
    """Count how many arrays, framed as MNIST's are, are read in a second, in batches."""
    framed = [(255 * each.ink).round().astype(np.uint8) for each in Reader().read_digits(pictures)]
    arrays = [framed[number % len(framed)] for number in range(ARRAYS)]
    took = in_turn({name: each.read_all for name, each in ready.items()}, [arrays])
    return {name: 1000 * ARRAYS / each for name, each in took.items()}


def in_turn(tasks: dict[str, Callable[[Item], object]], items: list[Item]) -> Figures:
    """Let the competitors do all items in turn, round after round, and return their medians, ms."""
    took: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            task(items[0])  # what another one drove out of the processor's caches comes back
            took[name] += [milliseconds(task, item) for item in items]
    return {name: median(each) for name, each in took.items()}


def milliseconds(task: Callable[[Item], object], item: Item) -> float:
    """Time one task."""
    start = time.perf_counter()
    task(item)
    return 1000 * (time.perf_counter() - start)


def first_answers(names: list[str], png: bytes) -> dict[str, tuple[float, float]]:
    """Return the seconds to the first answer of a fresh process, and its peak memory, MB."""
    runs = [{name: first_answer(name, png) for name in names} for _ in range(STARTS)]
    return {
        name: (median(run[name][0] for run in runs), median(run[name][1] for run in runs))
        for name in names
    }


def first_answer(name: str, png: bytes) -> tuple[float, float]:
    """Start a process, let it read one picture, and return its seconds and its peak memory, MB."""
    command = [sys.executable, "-m", "benchmarks.first_answer", name]
    start = time.perf_counter()
    done = subprocess.run(command, input=png, capture_output=True, check=True)  # noqa: S603
    return time.perf_counter() - start, float(done.stdout.split()[-1])


if __name__ == "__main__":
    main()

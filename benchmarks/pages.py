"""How well numbers are read: cheque amounts, canvases, photographed paper, pages of many or none.

    INKREAD_DATA=… python -m benchmarks.pages [--out FOLDER]

Beside Inkread stands a plain way: adaptive threshold, connected components, the 28×28 network.
With --out, contact sheets of the worst mistakes are drawn into a folder.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import fields, without
from benchmarks.drawing import Field, Page
from benchmarks.plain import read_plainly
from benchmarks.registers import registers
from inkread import PageReading, Reader
from inkread.evaluation import calibration_error, reliability
from inkread.maps import iou

Grey = NDArray[np.uint8]
WORST = 24
SAME = 0.5  # IoU from which a digit found is the one that stands there


@dataclass(frozen=True)
class Read:
    """What was read in a picture.

    Attributes:
        text: all digits, in reading order.
        confidence: 0–1, of all of them; 1 where the way tells none.
        surest: 0–1, of the number that is read most surely.
        boxes: shape (count, 4): left, top, right, bottom.
    """

    text: str
    confidence: float
    surest: float
    boxes: NDArray[np.float32]


Way = Callable[[Grey], Read]


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Draw mistakes here.")
def main(out: Path | None) -> None:
    """Measure everything and print the table."""
    reader = Reader(threads=2)
    ways: dict[str, Way] = {"inkread": lambda grey: _read(reader, grey), "plain": read_plain}
    pad = ways | {"inkread": lambda grey: _read(reader, grey, drawn=True)}
    canvases = fields.canvases()
    print(f"{'':<58}" + "".join(f"{name:>12}" for name in ways))
    for name, pictures, how in (
        ("cheque amounts (orand_car)", fields.cheques(), ways),
        ("numbers drawn on a canvas, unseen writers", canvases, pad),
        ("the same canvases, as pictures that may lie any way up", canvases, ways),
        ("lines on photographed paper", fields.photographed(), ways),
    ):
        if pictures:
            _numbers(name, pictures, how, out)
    _many_numbers("pages of fifty numbers, every second photographed", fields.long_pages(), reader)
    _many_numbers("12 megapixels of small numbers, each way up", fields.small_pages(), reader)
    _many_numbers("ledgers of two hundred numbers", fields.ledgers(), reader)
    _many_numbers("printed forms with eight numbers each", fields.forms(), reader)
    _many_numbers("ruled registers, their back showing through", registers(), reader)
    _without_numbers("pages without digits", without.pages(), ways)
    _without_numbers("rows of signs of other writing systems", without.rows_of_signs(), ways)
    _speed(reader)


def _read(reader: Reader, grey: Grey, *, drawn: bool = False) -> Read:
    page = reader.read_page(grey, drawn=drawn)
    sure = [line.confidence for line in page.lines] or [0.0]
    text = "".join(line.text for line in page.lines)
    return Read(text, float(np.prod(sure)), max(sure), _boxes(page))


def read_plain(grey: Grey) -> Read:
    """Read by threshold, components and the 28×28 network."""
    text, boxes = read_plainly(grey)
    return Read(text, 1.0, 1.0, boxes)


def _boxes(page: PageReading) -> NDArray[np.float32]:
    boxes = [digit.box for line in page.lines for digit in line.digits if digit.box is not None]
    corners = [(box.left, box.top, box.left + box.width, box.top + box.height) for box in boxes]
    return np.array(corners, np.float32).reshape(-1, 4)


def _numbers(name: str, pictures: Sequence[Field], ways: dict[str, Way], out: Path | None) -> None:
    """Print how many are read right, and how honestly."""
    read = {way: [look(each.picture) for each in pictures] for way, look in ways.items()}
    right = {
        way: np.array([got.text == each.text for got, each in zip(all_, pictures, strict=True)])
        for way, all_ in read.items()
    }
    print(f"{name}, {len(pictures)} of them")
    _row("  whole number right, %", {way: 100 * each.mean() for way, each in right.items()})
    if pictures[0].boxes is not None:
        found = {way: _found(all_, pictures) for way, all_ in read.items()}
        _row("  digits found, recall, %", {way: 100 * each[0] for way, each in found.items()})
        _row("  digits found, precision, %", {way: 100 * each[1] for way, each in found.items()})
    sure = np.array([each.confidence for each in read["inkread"]])
    error = calibration_error(reliability(sure, right["inkread"]))
    _row("  calibration error (ECE), %", {"inkread": 100 * error})
    over = sure > 0.95
    _row("  read at over 95 % confidence, %", {"inkread": 100 * over.mean()})
    if over.any():
        _row("  right of these, %", {"inkread": 100 * right["inkread"][over].mean()})
    if out is not None:
        _sheet(out, name, pictures, read["inkread"], right["inkread"])


def _found(read: list[Read], pictures: Sequence[Field]) -> tuple[float, float]:
    """Return recall and precision of the digits' boxes."""
    same = there = thought = 0
    for got, each in zip(read, pictures, strict=True):
        boxes = np.zeros((0, 4), np.float32) if each.boxes is None else each.boxes
        there, thought = there + len(boxes), thought + len(got.boxes)
        if len(boxes) and len(got.boxes):
            shared = iou(got.boxes, boxes)
            while shared.max() >= SAME:
                row, column = np.unravel_index(shared.argmax(), shared.shape)
                shared[row], shared[:, column] = 0, 0
                same += 1
    return same / max(there, 1), same / max(thought, 1)


def _many_numbers(name: str, pages: Sequence[Page], reader: Reader) -> None:
    """Print how many of the numbers on pages of many are found, and right."""
    if not pages:
        return
    there = sum(len(page.texts) for page in pages)
    print(f"{name}, {len(pages)} of them")
    read = [[line.text for line in reader.read_page(page.picture).lines] for page in pages]
    right = sum(
        sum((Counter(page.texts) & Counter(got)).values())
        for page, got in zip(pages, read, strict=True)
    )
    _row("  numbers for each that is there, %", {"inkread": 100 * sum(map(len, read)) / there})
    _row("  right, %", {"inkread": 100 * right / there})


def _without_numbers(name: str, pages: Sequence[Grey], ways: dict[str, Way]) -> None:
    """Print on how many of them anything is read surely."""
    sure = {
        way: 100 * float(np.mean([_anything(look(page)) for page in pages]))
        for way, look in ways.items()
    }
    print(f"{name}, {len(pages)} of them")
    _row("  anything read at over 90 % confidence, %", sure)


def _anything(read: Read) -> bool:
    return bool(read.text) and read.surest > 0.9


def _speed(reader: Reader) -> None:
    """Print the time of a field and of pages, two threads, the median of some."""
    print("time, two threads")
    field, page = fields.field_of_64_px(), fields.page_of_twenty_lines()
    hard = [(name, picture, 1) for name, picture in without.hard_pages().items()]
    for name, picture, times in [
        ("a field 64 px high", field, 30),
        ("12 megapixels", page, 5),
        *hard,
    ]:
        lines = len(reader.read_page(picture).lines)
        took = []
        for _ in range(times):
            start = time.perf_counter()
            reader.read_page(picture)
            took.append(time.perf_counter() - start)
        _row(f"  {name}, {lines} numbers, ms", {"inkread": 1000 * float(np.median(took))})


def _row(what: str, figures: dict[str, float]) -> None:
    print(f"{what:<58}" + "".join(f"{each:>12.1f}" for each in figures.values()))


def _sheet(
    out: Path,
    name: str,
    pictures: Sequence[Field],
    read: list[Read],
    right: NDArray[np.bool_],
) -> None:
    """Draw the mistakes that were surest, with what was read and what stands there."""
    wrong = np.flatnonzero(~right).tolist()
    wrong = sorted(wrong, key=lambda index: -read[index].confidence)[:WORST]
    if not wrong:
        return
    tiles = [_tile(pictures[index], read[index]) for index in wrong]
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % 3)
    out.mkdir(parents=True, exist_ok=True)
    rows = [np.hstack(tiles[start : start + 3]) for start in range(0, len(tiles), 3)]
    file = name.partition(",")[0].replace(" ", "-") + ".png"
    cv2.imwrite(str(out / file), np.vstack(rows))


def _tile(field: Field, read: Read) -> Grey:
    """Draw a picture with what was read in it, and what stands there."""
    high = 100
    wide = min(400, round(field.picture.shape[1] * high / field.picture.shape[0]))
    tile = np.full((high + 30, 400), 255, np.uint8)
    tile[:high, :wide] = cv2.resize(field.picture, (wide, high), interpolation=cv2.INTER_AREA)
    words = f"{read.text} ({100 * read.confidence:.0f} %), is {field.text}"
    cv2.putText(tile, words, (4, high + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1, cv2.LINE_AA)
    return tile


if __name__ == "__main__":
    main()

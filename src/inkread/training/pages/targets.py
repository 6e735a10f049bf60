"""What the page network shall answer for a page, as maps of its cells."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkread.maps import DIGIT_PX, STRIDES_PX
from inkread.picture import Grey

_NEAR = (
    0.55  # cells whose heat is over this learn the sign and its box, not those of the middle alone
)
SEEN = 0.7  # share of a sign that has to lie on the page; of what is cut off nothing is learned


@dataclass(frozen=True)
class Page:
    """A page and what stands on it.

    Attributes:
        picture: shape (height, width), uint8, dark ink on light paper.
        boxes: shape (count, 4): left, top, right and bottom of each sign, px.
        labels: shape (count,): places in `SIGNS`.
        others: shape (number, 4): boxes of what is written and is neither digit nor separator.
    """

    picture: Grey
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    others: NDArray[np.float32]


class Maps(NamedTuple):
    """Where the maps lie in the array of targets, along its first axis."""

    digit: int = 0  # heat, 0–1: 1 at the middle of a digit
    separator: int = 1  # the same of separators
    counts: int = 2  # 1, or 0 where nothing is learned
    sign: int = 3  # place in `SIGNS`, or −1
    box: int = 4  # four: from the middle of the cell to left, top, right and bottom, in DIGIT_PX


MAPS = Maps()
DEPTH = 8


def targets(page: Page) -> NDArray[np.float32]:
    """Return the maps of a page, shape (8, height / 4, width / 2)."""
    height, width = np.array(page.picture.shape) // STRIDES_PX
    cell = np.array(STRIDES_PX[::-1] * 2)  # px, along each side of a box
    maps = np.zeros((DEPTH, height, width), np.float32)
    maps[MAPS.counts] = 1
    maps[MAPS.sign] = -1
    nearest = np.full((height, width), _NEAR, np.float32)
    rows, columns = np.arange(height) + 0.5, np.arange(width) + 0.5
    for box, label in zip((page.boxes / cell).astype(np.float32), page.labels, strict=True):
        if seen(box, width, height) < SEEN:
            _leave_out(maps[MAPS.counts], box)
            continue
        heat = _heat(rows, columns, box)
        kind = MAPS.digit if label < 10 else MAPS.separator
        np.maximum(maps[kind], heat, out=maps[kind])
        closest = heat >= nearest
        nearest[closest] = heat[closest]
        maps[MAPS.sign][closest] = label
        for side in range(4):
            along = (columns[None, :] if side % 2 == 0 else rows[:, None]) - box[side]
            reach = (along if side < 2 else -along) * (cell[side] / DIGIT_PX)
            maps[MAPS.box + side][closest] = np.broadcast_to(reach, heat.shape)[closest]
    return maps


def _heat(
    rows: NDArray[np.floating], columns: NDArray[np.floating], box: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return a hill over a box, 1 at the cell of its middle."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    wide, high = np.maximum((box[2:] - box[:2]) * 0.17, 0.6)
    x, y = (
        np.clip(np.floor(place), 0, len(cells) - 1) + 0.5
        for place, cells in ((across, columns), (down, rows))
    )
    hill = np.exp(
        -0.5 * ((columns[None, :] - x) / wide) ** 2 - 0.5 * ((rows[:, None] - y) / high) ** 2
    )
    return np.asarray(hill, np.float32)


def seen(box: NDArray[np.float32], width: int, height: int) -> float:
    """Return which share, 0–1, of a box lies on a page of that size, in the same unit."""
    low = np.clip(box[:2], 0, (width, height))
    high = np.clip(box[2:], 0, (width, height))
    return float(np.prod(high - low) / max(float(np.prod(box[2:] - box[:2])), 1e-6))


def _leave_out(counts: NDArray[np.float32], box: NDArray[np.float32]) -> None:
    left, top, right, bottom = (max(0, round(float(each))) for each in box)
    counts[top : bottom + 1, left : right + 1] = 0

"""A grey picture → its ink alone: the steps in order."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.errors import BlankPicture
from inkread.ink import BRIGHT, CANVAS_PX, FAINT, Ink
from inkread.paper.lines import without_ruled_lines
from inkread.paper.parts import digit_alone
from inkread.paper.photo import ink_of_photo
from inkread.paper.sheet import without_table
from inkread.picture import Grey

RULED_FROM_PX = 64  # smaller pictures hold no page
_SHADES = np.arange(256)
SURE = 0.3  # in a photo, what is paler than this is ink only beside darker ink


def extract(grey: Grey) -> Ink:
    """Separate the ink of a picture from its paper.

    Args:
        grey: shape (height, width), uint8; dark ink on light paper or the reverse.

    Returns:
        Shape (height, width), or smaller for a large photo; float32, 0 is paper, 1 is full ink.

    Raises:
        BlankPicture: nothing stands out from the paper.
    """
    drawn = _from_flat_paper(grey)
    ink = ink_of_photo(grey) if drawn is None else drawn
    if max(ink.shape) <= CANVAS_PX:
        return ink
    mask = (ink > (SURE if drawn is None else FAINT)).astype(np.uint8)
    if min(ink.shape) >= RULED_FROM_PX:
        mask = without_ruled_lines(mask)
    digit = digit_alone(mask, ink)
    if not digit.any():
        raise BlankPicture("the picture has no ink")
    return ink * cv2.dilate(digit, np.ones((3, 3), np.uint8)).astype(np.uint8)


def _from_flat_paper(grey: Grey, *, framed: bool = True) -> Ink | None:
    """Return the ink of a drawing on paper of one exact shade, or None for a photo or scan.

    Such paper has no texture, so every pixel that differs from it was meant.

    Args:
        grey: shape (height, width), uint8.
        framed: whether a frame may lie around the paper.
    """
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().astype(int)
    commonest, second = counts.argsort()[:-3:-1].tolist()
    paper = commonest
    if counts[second] > grey.size / 4:
        # Bold ink on little paper, or a card on a wide frame of another shade.
        card = _card(grey) if framed else None
        if card is not None:
            return _from_flat_paper(card, framed=False)
        rim = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
        paper = second if (rim == second).sum() > (rim == commonest).sum() else commonest
    table = _strengths(counts, paper)
    return None if table is None else np.asarray(cv2.LUT(grey, table), dtype=np.float32)


def _strengths(counts: NDArray[np.int_], paper: int) -> Ink | None:
    """Return how strong the ink of each shade is, 0–1, or None where the paper has texture.

    Args:
        counts: how many pixels have each of the 256 shades.
        paper: the shade of the paper.

    Raises:
        BlankPicture: no shade stands out.
    """
    present = counts.nonzero()[0].tolist()
    darker, lighter = paper - present[0], present[-1] - paper
    strongest = max(darker, lighter)
    light = _count_near(paper, strongest // 2, counts)
    if light < 0.4 * counts.sum() or _count_near(paper, 1, counts) < 0.6 * light:
        return None
    if strongest < 16:
        raise BlankPicture("the picture has no ink")
    strength = _SHADES - paper
    full = lighter
    if counts @ (strength * np.abs(strength)) <= 0:
        strength, full = -strength, darker
    full = 255 if full >= BRIGHT else full  # pale ink is raised to full
    return np.maximum(strength, 0).astype(np.float32) / np.float32(full)


def _count_near(shade: int, reach: int, counts: NDArray[np.int_]) -> int:
    return int(counts[max(0, shade - reach) : shade + reach + 1].sum())


def _card(grey: Grey) -> Grey | None:
    """Return the card alone, light or dark, that lies in a frame, or None where there is none."""
    alone = without_table(grey)
    if alone is not grey:
        return alone
    negative = 255 - grey
    alone = without_table(negative)
    return None if alone is negative else 255 - alone

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
    if max(grey.shape) <= CANVAS_PX:
        return _from_small(grey)
    drawn = _from_flat_paper(grey)
    ink = ink_of_photo(grey) if drawn is None else drawn
    mask = (ink > (SURE if drawn is None else FAINT)).astype(np.uint8)
    if min(ink.shape) >= RULED_FROM_PX:
        mask = without_ruled_lines(mask)
    digit = digit_alone(mask, ink)
    if not digit.any():
        raise BlankPicture("the picture has no ink")
    return ink * cv2.dilate(digit, np.ones((3, 3), np.uint8)).astype(np.uint8)


def _from_small(grey: Grey) -> Ink:
    """Return the ink of a picture with room for a digit alone, cut out however closely.

    More of such a picture may be ink than paper, so the rim tells which is which.

    Raises:
        BlankPicture: nothing stands out.
    """
    low, high = int(grey.min()), int(grey.max())
    if high - low < 16:
        raise BlankPicture("the picture has no ink")
    middle = (low + high) / 2
    rim = _rim(grey)
    dark_ink = bool(rim.mean() > middle)
    paper = int(np.median(rim[(rim > middle) == dark_ink]))
    bare = np.count_nonzero((grey > middle) == dark_ink)
    if np.count_nonzero(np.abs(grey.astype(np.int16) - paper) <= 1) < 0.35 * bare:
        return ink_of_photo(grey)
    strength = paper - grey.astype(np.float32) if dark_ink else grey - np.float32(paper)
    full = paper - low if dark_ink else high - paper
    return np.clip(strength / (255 if full >= BRIGHT else full), 0, 1)


def _from_flat_paper(grey: Grey, *, framed: bool = True) -> Ink | None:
    """Return the ink of a drawing on paper of one exact shade, or None for a photo or scan.

    Such paper has no texture, so every pixel that differs from it was meant.

    Args:
        grey: shape (height, width), uint8.
        framed: whether a frame may lie around the paper.
    """
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().astype(int)
    paper, second = counts.argsort()[:-3:-1].tolist()
    rim = _rim(grey)
    around = int(cv2.calcHist([rim], [0], None, [256], [0, 256]).argmax())
    share = np.count_nonzero(rim == around) / len(rim)
    if share > 0.95 and counts[second] > grey.size / 4:
        card = _card(grey) if framed else None  # it lies on a wide frame of another shade
        if card is not None:
            return _from_flat_paper(card, framed=False)
    # Bold ink, closely cut out: there may be more of it than of paper.
    closely = 0.4 < share <= 0.95
    if closely or (share > 0.95 and counts[second] > grey.size / 4):
        paper = around
    table = _strengths(counts, paper, 0.5 if closely else 0.6)
    return None if table is None else np.asarray(cv2.LUT(grey, table), dtype=np.float32)


def _rim(grey: Grey) -> Grey:
    return np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))


def _strengths(counts: NDArray[np.int_], paper: int, flat: float) -> Ink | None:
    """Return how strong the ink of each shade is, 0–1, or None where the paper has texture.

    Args:
        counts: how many pixels have each of the 256 shades.
        paper: the shade of the paper.
        flat: share of the light pixels that must have this shade for paper without texture.

    Raises:
        BlankPicture: no shade stands out.
    """
    present = counts.nonzero()[0].tolist()
    darker, lighter = paper - present[0], present[-1] - paper
    strongest = max(darker, lighter)
    light = _count_near(paper, strongest // 2, counts)
    if light < 0.2 * counts.sum() or _count_near(paper, 1, counts) < flat * light:
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

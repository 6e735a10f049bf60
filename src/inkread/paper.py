"""A grey picture → its ink alone: paper, light, grain and ruled lines taken away."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.errors import BlankPicture
from inkread.ink import CANVAS_PX, FAINT, Ink
from inkread.lines import without_ruled_lines
from inkread.picture import Grey

Mask = NDArray[np.uint8]

RULED_FROM_PX = 64  # smaller pictures hold no page
LONGEST_SIDE_PX = 640  # a photo of a single digit holds nothing finer that the network could see


def extract(grey: Grey) -> Ink:
    """Separate the ink of a picture from its paper.

    Args:
        grey: shape (height, width), uint8; dark ink on light paper or the reverse.

    Returns:
        Shape (height, width), or smaller for a large photo; float32, 0 is paper, 1 is full ink.

    Raises:
        BlankPicture: nothing stands out from the paper.
    """
    contrast = _from_flat_paper(grey)
    if contrast is None:
        contrast = _from_photo(_bounded(grey))
    if max(contrast.shape) <= CANVAS_PX:
        return contrast
    return _digit_only(contrast)


def _from_flat_paper(grey: Grey) -> Ink | None:
    """Return the ink of a drawing on paper of one exact shade, or None for a photo or scan.

    Such paper has no texture, so every pixel that differs from it was meant.
    """
    counts = np.bincount(grey.ravel(), minlength=256)
    rim = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    rim_counts = np.bincount(rim, minlength=256)
    paper = int(rim_counts.argmax())
    if rim_counts[paper] < rim.size // 2 or counts[paper] < grey.size // 8:
        paper = int(counts.argmax())
    distance = np.abs(np.arange(256) - paper)
    present = counts > 0
    strongest = int(distance[present].max())
    light = counts[distance <= strongest / 2].sum()
    if counts[distance <= 1].sum() < 0.6 * light:
        return None
    if strongest < 16:
        raise BlankPicture("the picture has no ink")
    darker = float(counts[:paper] @ distance[:paper] ** 2)
    lighter = float(counts[paper:] @ distance[paper:] ** 2)
    values = np.arange(256, dtype=np.float32)
    values = values - paper if lighter > darker else paper - values
    full = max(float(values[present].max()), 1.0)
    # Bright ink keeps its exact value, as MNIST's must; pale ink is raised to full.
    table = np.clip(values / (255 if full > 191 else full), 0, 1).astype(np.float32)
    return np.asarray(table[grey])


def _bounded(grey: Grey) -> Grey:
    factor = LONGEST_SIDE_PX / max(grey.shape)
    if factor >= 1:
        return grey
    height, width = grey.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _from_photo(grey: Grey) -> Ink:
    """Return the ink on textured, unevenly lit paper.

    The paper's shade is found everywhere by closing the ink's gaps, ink is how much darker a
    pixel is than it, and counts from well above the grain on.
    """
    if _is_light_on_dark(grey):
        grey = 255 - grey
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.8)
    paper = _paper_shade(grey)
    darkness = (paper - smooth) / np.maximum(paper, 96)
    light, middle, dark = np.percentile(darkness, (10, 50, 99.9))
    grain = (middle - light) / 1.28  # from the side to which no ink stands out
    strongest = dark - middle
    if strongest < max(7 * grain, 0.06):
        raise BlankPicture("the picture has no ink")
    low = middle + max(3 * grain, 0.25 * strongest)
    high = middle + max(4 * grain, 0.75 * strongest)
    return np.asarray(np.clip((darkness - low) / (high - low), 0, 1), dtype=np.float32)


def _small(grey: Grey, side_px: int) -> Grey:
    factor = min(1.0, side_px / max(grey.shape))
    height, width = grey.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _is_light_on_dark(grey: Grey) -> bool:
    """Tell the polarity: most of a neighbourhood is paper, and ink stands out to one side of it.

    A median keeps the edge of a shadow, so a shadow stands out to neither.
    """
    small = _small(grey, 96)
    asymmetry = 0.0
    for share in (0.15, 0.25, 0.5):
        window = max(3, round(share * max(small.shape)) | 1)
        cubes = (small.astype(np.float32) - cv2.medianBlur(small, window)) ** 3
        asymmetry += float(cubes.sum() / (np.abs(cubes).sum() + 1))
    return asymmetry > 0


def _paper_shade(grey: Grey) -> Ink:
    """Estimate the paper's shade at every pixel, by a closing wider than any stroke."""
    small = cv2.medianBlur(_small(grey, 96), 3)
    width = max(3, round(0.35 * max(small.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    # Going on beyond the rim at the same slope keeps the closing from lifting a dark corner.
    margin = [(min(width, side - 1),) * 2 for side in small.shape]
    wide = np.pad(small.astype(np.float32), margin, mode="reflect", reflect_type="odd")
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel)
    # Beside the edge of a shadow the darker shade holds, or the edge itself would become ink.
    darker = cv2.GaussianBlur(cv2.erode(closed, np.ones((3, 3), np.uint8)), (0, 0), 1)
    inner = darker[margin[0][0] :, margin[1][0] :][: small.shape[0], : small.shape[1]]
    height, width = grey.shape
    return np.asarray(cv2.resize(inner, (width, height), interpolation=cv2.INTER_LINEAR))


def _digit_only(ink: Ink) -> Ink:
    """Keep the digit: no ruled line, no speck, nothing that reaches in from the rim."""
    mask = (ink > FAINT).astype(np.uint8)
    if min(ink.shape) >= RULED_FROM_PX:
        mask = without_ruled_lines(mask)
    kept = _without_specks(mask, ink)
    if not kept.any():
        raise BlankPicture("the picture has no ink")
    return ink * kept


def _without_specks(mask: Mask, ink: Ink) -> Mask:
    """Drop pale and tiny parts, scraps that reach in from the rim, and the table at it."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return mask
    labels = parts.ravel()
    mass = np.bincount(labels, weights=ink.ravel(), minlength=count)
    strong = np.bincount(labels[ink.ravel() > 0.6], minlength=count) > 0
    mass *= strong & (np.arange(count) > 0)
    if not mass.any():
        return np.zeros_like(mask)
    rim = np.concatenate((parts[0], parts[-1], parts[:, 0], parts[:, -1]))
    rim_px = np.bincount(rim, minlength=count)
    candidates = np.where(rim_px > rim.size / 5, 0, mass)
    largest = int((candidates if candidates.max() > 0.05 * mass.max() else mass).argmax())
    keep = mass >= np.where(rim_px > 0, 0.25, 0.03) * mass[largest]
    keep &= (candidates > 0) | (np.arange(count) == largest)
    box = stats[largest, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] / max(mask.shape)
    if box.max() < 0.04 or (rim_px[largest] and (box.max() < 0.12 or box.min() < 0.02)):
        keep[:] = False
    kept: Mask = keep[parts].astype(np.uint8)
    return kept

"""Which of the connected parts of ink are the digit, and which are dirt, frame or table."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.ink import Ink, Mask, Numbers, bounds

_FRAME = 0.12  # of a form's box: so near its own bounding box runs all of its line
_MOST_FRAMES = 50  # of the largest parts: specks surround nothing


def digit_alone(mask: Mask, ink: Ink) -> Mask:
    """Keep the parts that are the digit.

    Args:
        mask: shape (height, width); 1 where there may be ink.
        ink: the same shape, float32, 0–1.

    Returns:
        The mask with nothing in it but the largest part and what belongs to it: no pale or tiny
        part, no scrap at the rim, nothing small far away, no box around it and no table.

    Raises:
        BlankPicture: the mask is empty.
    """
    box = bounds(mask)
    labels, boxes = _parts(mask[box])
    mass = _mass(labels, ink[box], len(boxes))
    at_rim = _share_of_rim(labels, box, mask.shape, len(boxes))
    digit = mass * ~_frames(labels, boxes, mass) * (at_rim <= 0.2)
    if digit.max() < 0.05 * mass.max():
        digit = mass  # the digit itself fills the picture
    largest = int(digit.argmax())
    keep = digit > np.where(at_rim > 0, 0.25, 0.03) * digit[largest]
    keep &= ~_far_and_small(boxes, largest)
    if _is_scrap(boxes[largest, 2:] / max(mask.shape), at_rim=bool(at_rim[largest])):
        keep[:] = False
    kept = np.zeros_like(mask)
    kept[box] = keep.take(labels)
    return kept


def _parts(mask: Mask) -> tuple[NDArray[np.int32], Numbers]:
    """Number the connected parts from 1.

    Args:
        mask: cut out at its bounding box.

    Returns:
        The number of each pixel's part, 0 where there is none; and of each number the left, the
        top, the width and the height of its part, px.
    """
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    if count == 2:
        # Most drawings are one part; to look for its box would take ten times as long.
        height, width = mask.shape
        return np.asarray(labels, dtype=np.int32), np.array([(0.0, 0.0, width, height)] * 2)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return np.asarray(labels, dtype=np.int32), stats[:, :4].astype(np.float64)


def _mass(labels: NDArray[np.int32], ink: Ink, count: int) -> Numbers:
    """Add up the ink of each part; a part that is hardly anywhere dark weighs nothing."""
    inked = labels > 0
    parts, shades = labels[inked], ink[inked]
    area = np.bincount(parts, minlength=count)
    full_px = np.bincount(parts[shades > 0.6], minlength=count)
    weight = np.bincount(parts, weights=shades, minlength=count)
    return np.where(full_px > 0.15 * area, weight, 0.0)


def _share_of_rim(
    labels: NDArray[np.int32], box: tuple[slice, slice], shape: tuple[int, ...], count: int
) -> Numbers:
    """Return how much of the picture's rim each part covers, as a share of it all."""
    picture = np.zeros(shape, np.int32)
    picture[box] = labels
    rim = np.concatenate((picture[0], picture[-1], picture[:, 0], picture[:, -1]))
    return np.bincount(rim, minlength=count) / rim.size


def _frames(labels: NDArray[np.int32], boxes: Numbers, mass: Numbers) -> NDArray[np.bool_]:
    """Tell the boxes of a form: lines along their own bounding box, around another part."""
    frames = np.zeros(len(boxes), bool)
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], *(boxes[:, :2] + boxes[:, 2:]).T
    sides = boxes[:, 2:].max(axis=1)
    heavy = np.flatnonzero(mass > 0.1 * mass.max())
    for part in heavy[np.argsort(-sides[heavy])[:_MOST_FRAMES]]:
        inside = (left > left[part]) & (top > top[part])
        inside &= (right < right[part]) & (bottom < bottom[part])
        inside &= sides > 0.15 * sides[part]
        if (inside & (mass > 0)).any():
            x, y, width, height = boxes[part].astype(int)
            line = labels[y : y + height, x : x + width] == part
            band = (round(_FRAME * height), round(_FRAME * width))
            core = line[band[0] : height - band[0], band[1] : width - band[1]]
            frames[part] = core.sum() < 0.15 * line.sum()
    return frames


def _far_and_small(boxes: Numbers, largest: int) -> NDArray[np.bool_]:
    starts, sizes = boxes[:, :2], boxes[:, 2:]
    ends = starts + sizes
    gap = np.maximum(starts - ends[largest], starts[largest] - ends).max(axis=1)
    digit_px = sizes[largest].max()
    far_and_small: NDArray[np.bool_] = (gap > 0.4 * digit_px) & (
        sizes.max(axis=1) < 0.35 * digit_px
    )
    return far_and_small


def _is_scrap(size: Numbers, *, at_rim: bool) -> bool:
    """Tell a lone speck, or the end of something outside the picture, from a digit.

    Args:
        size: its width and height, as shares of the picture's longer side.
        at_rim: whether it touches the rim.
    """
    return bool(size.max() < 0.04 or (at_rim and (size.max() < 0.12 or size.min() < 0.02)))

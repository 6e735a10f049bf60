"""Which of the connected parts of ink are the digit, and which are dirt, frame or table."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.ink import Ink, Mask

Numbers = NDArray[np.float64]

_FRAME = 0.12  # of a form's box: so near its own bounding box runs all of its line


def digit_alone(mask: Mask, ink: Ink) -> Mask:
    """Keep the parts that are the digit.

    Args:
        mask: shape (height, width); 1 where there may be ink.
        ink: the same shape, float32, 0–1.

    Returns:
        The mask with nothing in it but the largest part and what belongs to it: no pale or tiny
        part, no scrap at the rim, nothing small far away, no box around it and no table.
    """
    count, found, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    labels = np.asarray(found, dtype=np.int32)
    boxes = stats[:, :4].astype(np.float64)
    full_px = np.bincount(labels[ink > 0.6], minlength=count)
    strong = full_px > 0.15 * stats[:, cv2.CC_STAT_AREA]
    strong[0] = False
    weight = np.bincount(labels.ravel(), weights=ink.ravel(), minlength=count)
    mass = np.where(strong, weight, 0.0)
    rim = np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))
    rim_px = np.bincount(rim, minlength=count)
    digit = mass * ~_frames(labels, boxes, mass) * (rim_px <= rim.size / 5)
    if digit.max() < 0.05 * mass.max():
        digit = mass  # the digit itself fills the picture
    largest = int(digit.argmax())
    keep = digit > np.where(rim_px > 0, 0.25, 0.03) * digit[largest]
    keep &= ~_far_and_small(boxes, largest)
    if _is_scrap(boxes[largest, 2:] / max(mask.shape), at_rim=bool(rim_px[largest])):
        keep[:] = False
    kept: Mask = keep[labels].astype(np.uint8)
    return kept


def _frames(labels: NDArray[np.int32], boxes: Numbers, mass: Numbers) -> NDArray[np.bool_]:
    """Tell the boxes of a form: lines along their own bounding box, around another part."""
    frames = np.zeros(len(boxes), bool)
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], *(boxes[:, :2] + boxes[:, 2:]).T
    for part in np.flatnonzero(mass > 0.1 * mass.max()):
        inside = (left > left[part]) & (top > top[part])
        inside &= (right < right[part]) & (bottom < bottom[part])
        inside &= boxes[:, 2:].max(axis=1) > 0.15 * boxes[part, 2:].max()
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

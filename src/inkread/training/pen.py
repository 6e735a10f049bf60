"""Strokes → a picture, drawn as the pad draws them: round pen, round joins, antialiased."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.data.sources import Stroke

_SHIFT = 4  # coordinates in 1/16 px


def draw(strokes: list[Stroke], size: tuple[int, int], pen_px: int) -> NDArray[np.uint8]:
    """Draw strokes with a round pen.

    Args:
        strokes: points (x, y) in pixels, y down, pixel (0, 0) from 0 to 1; one point is a dot.
        size: (height, width) of the picture.
        pen_px: the pen's diameter; odd ones come out 0.7 px wider, even ones 0.3 px narrower.

    Returns:
        Shape `size`, uint8, 255 is full ink on 0.
    """
    picture = np.zeros(size, np.uint8)
    thickness = max(1, pen_px - 2)  # OpenCV's antialiased lines are 1.7 px wider than it says
    for points in strokes:
        fixed = ((points - 0.5) * 2**_SHIFT).round().astype(np.int32)
        if len(fixed) == 1:
            fixed = np.repeat(fixed, 2, axis=0)
            fixed[1, 0] += 1  # a line without length would paint nothing
        cv2.polylines(
            picture,
            [fixed],
            isClosed=False,
            color=255,
            thickness=thickness,
            lineType=cv2.LINE_AA,
            shift=_SHIFT,
        )
    return picture

"""A sheet of paper photographed on a table → the sheet alone, as if it filled the picture."""

import cv2
import numpy as np

from inkread.ink import Ink, Mask
from inkread.picture import Grey, bounded

_SIDE_PX = 160  # where the sheet lies is seen at this size


def without_table(grey: Grey) -> Grey:
    """Paint paper over the table around a light sheet; other pictures stay as they are.

    Args:
        grey: shape (height, width), uint8.

    Returns:
        The same shape. A sheet is a light quadrangle, mostly blank, with table around it on at
        least three sides.
    """
    small = cv2.GaussianBlur(bounded(grey, _SIDE_PX), (5, 5), 0)
    sheet = _sheet(np.asarray(small, dtype=np.uint8))
    if sheet is None:
        return grey
    paper = masked_blur(np.asarray(small, dtype=np.float32), sheet, 0.05 * _SIDE_PX)
    height, width = grey.shape
    painted = np.asarray(cv2.resize(paper, (width, height))).round().astype(np.uint8)
    inside = cv2.resize(sheet, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.where(inside > 0, grey, painted)


def masked_blur(values: Ink, mask: Mask, sigma_px: float) -> Ink:
    """Blur the masked values alone, and carry them on into the rest.

    Args:
        values: shape (height, width).
        mask: the same shape; 1 where a value counts.
        sigma_px: of the Gaussian.

    Returns:
        The same shape; where hardly a value is near, the median of all that count.
    """
    weight = mask.astype(np.float32)
    usual = float(np.median(values[mask > 0])) if mask.any() else 0.0
    blurred = cv2.GaussianBlur((values - usual) * weight, (0, 0), sigma_px)
    share = cv2.GaussianBlur(weight, (0, 0), sigma_px)
    beside = usual + blurred / np.maximum(share, 0.02)
    return np.where(share > 0.02, beside, usual).astype(np.float32)


def _sheet(small: Grey) -> Mask | None:
    """Return 1 on the sheet, a little inside its edge, or None where there is none."""
    _, split = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    light = np.asarray(split, dtype=np.uint8)
    if not light.any() or light.all() or small[light > 0].mean() - small[light == 0].mean() < 20:
        return None
    contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    sheet = np.zeros_like(small)
    cv2.fillConvexPoly(sheet, hull, 1)
    area = int(sheet.sum())
    sides = sorted(cv2.minAreaRect(hull)[1])
    rims = (sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1])
    is_sheet = (
        0.12 * sheet.size < area < 0.95 * sheet.size
        and sides[1] < 2.5 * sides[0]
        and area > 0.85 * sides[0] * sides[1]  # an ellipse, such as a 0, has 0.79
        and int((light & sheet).sum()) > 0.75 * area
        and sum(rim.mean() > 0.1 for rim in rims) <= 1
    )
    if not is_sheet:
        return None
    return np.asarray(cv2.erode(sheet, np.ones((7, 7), np.uint8)), dtype=np.uint8)

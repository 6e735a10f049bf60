"""Pictures that the tests draw: pen strokes on a canvas, and on paper as a camera sees it.

Nothing here comes from `inkread`.
"""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
Points = list[tuple[float, float]]


def arc(
    middle: tuple[float, float], radii: tuple[float, float], start: float, end: float
) -> Points:
    """Return points on an ellipse, angles in degrees, clockwise from the right."""
    angles = np.deg2rad(np.linspace(start, end, 24))
    return [
        (float(middle[0] + radii[0] * np.cos(each)), float(middle[1] + radii[1] * np.sin(each)))
        for each in angles
    ]


# Each digit as strokes in a box one unit high; y grows downward.
DIGITS: dict[int, list[Points]] = {
    0: [arc((0.35, 0.5), (0.33, 0.5), -90, 270)],
    1: [[(0.34, 0.0), (0.28, 1.0)]],
    2: [[*arc((0.33, 0.28), (0.3, 0.28), 180, 380), (0.02, 1.0), (0.68, 1.0)]],
    3: [[*arc((0.3, 0.25), (0.3, 0.25), 200, 450), *arc((0.3, 0.74), (0.34, 0.26), 270, 510)]],
    4: [[(0.45, 0.0), (0.0, 0.65), (0.7, 0.65)], [(0.5, 0.35), (0.5, 1.0)]],
    5: [[(0.6, 0.0), (0.12, 0.0), (0.07, 0.45), *arc((0.28, 0.68), (0.34, 0.32), 230, 510)]],
    6: [[(0.5, 0.0), (0.18, 0.35), *arc((0.34, 0.7), (0.32, 0.3), 180, 540)]],
    7: [[(0.0, 0.0), (0.65, 0.0), (0.25, 1.0)]],
    8: [[*arc((0.33, 0.26), (0.27, 0.26), 90, 450), *arc((0.33, 0.76), (0.32, 0.24), 270, 630)]],
    9: [[*arc((0.32, 0.3), (0.3, 0.3), 0, 360), (0.62, 0.3), (0.55, 1.0)]],
}


def stroke_mask(
    digit: int | None, size: tuple[int, int], top: float, left: float, height: float, pen: float
) -> NDArray[np.float32]:
    """Draw a digit's strokes; 1 is ink. `size` is (height, width), all in pixels."""
    mask = np.zeros(size, np.uint8)
    for stroke in DIGITS[digit] if digit is not None else []:
        points = (np.array(stroke) * height + (left, top)) * 16
        cv2.polylines(
            mask,
            [points.round().astype(np.int32)],
            isClosed=False,
            color=255,
            thickness=round(pen),
            lineType=cv2.LINE_AA,
            shift=4,
        )
    return np.divide(mask, 255, dtype=np.float32)


def canvas(
    digit: int | None, *, top: float = 60, left: float = 90, height: float = 160, pen: float = 18
) -> Grey:
    """Draw a digit in black on a white canvas of 280×280 pixels; None leaves it empty."""
    mask = stroke_mask(digit, (280, 280), top, left, height, pen)
    return (255 * (1 - mask)).round().astype(np.uint8)


def written(
    lines: list[str],
    size: tuple[int, int],
    *,
    height: float = 60,
    pen: float = 7,
    gap: float = 0.25,
    top: float = 30,
    left: float = 30,
) -> tuple[Grey, list[tuple[float, float, float, float]]]:
    """Write numbers in black on white, a line each.

    Args:
        lines: digits, dots, dashes, and blanks of a digit's height.
        size: (height, width), px.
        height: of a digit, px.
        pen: its width, px.
        gap: between two digits, in heights.
        top: of the first line, px.
        left: of every line, px.

    Returns:
        The picture, and left, top, right and bottom of each digit, in reading order.
    """
    mask = np.zeros(size, np.float32)
    boxes = []
    for row, line in enumerate(lines):
        edge, high = left, top + row * 1.8 * height
        for sign in line:
            if sign == " ":
                edge += height * 1.5
                continue
            ink = _sign(sign, size, high, edge, height, pen)
            rows, columns = np.nonzero(ink > 0.5)
            mask = np.maximum(mask, ink)
            if sign.isdigit():
                boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
            edge = float(columns.max()) + gap * height
    return (255 * (1 - mask)).round().astype(np.uint8), boxes


def _sign(
    sign: str, size: tuple[int, int], top: float, left: float, height: float, pen: float
) -> NDArray[np.float32]:
    if sign.isdigit():
        least = min(x for stroke in DIGITS[int(sign)] for x, _ in stroke) * height
        return stroke_mask(int(sign), size, top, left - least, height, pen)
    ink = np.zeros(size, np.uint8)
    if sign == ".":
        middle = (round(left + pen / 2), round(top + height - pen / 2))
        cv2.circle(ink, middle, round(0.7 * pen), 255, -1, cv2.LINE_AA)
    else:
        down = round(top + 0.55 * height)
        ends = ((round(left), down), (round(left + 0.4 * height), down))
        cv2.line(ink, *ends, 255, round(pen), cv2.LINE_AA)
    return np.divide(ink, 255, dtype=np.float32)


def small_digits(count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw digits of many pens and places, small as MNIST's, light on dark, with their labels."""
    rng = np.random.default_rng(3)
    labels = np.arange(count) % 10
    pictures = []
    for label in labels:
        place = {"top": rng.uniform(30, 50), "left": rng.uniform(50, 90)}
        pen, height = rng.uniform(12, 24), rng.uniform(150, 190)
        large = stroke_mask(int(label), (280, 280), height=height, pen=pen, **place)
        small = cv2.resize(large, (28, 28), interpolation=cv2.INTER_AREA)
        pictures.append((small * 255).round().astype(np.uint8))
    return np.stack(pictures), labels


@dataclass(frozen=True)
class Photo:
    """A sheet of paper and how a camera sees it.

    Attributes:
        size: (height, width), px.
        ink: share of the paper's light that ink takes away.
        paper: brightness of the paper, 0–255.
        grain: standard deviation of its texture, in brightness.
        shadow: share of the light that a shadow takes away, over a part of the sheet.
        fall_off: share of the light lost from one side to the other.
        soft: share that a soft round shadow takes away, as of a hand.
        vignette: share lost in the corners.
        rules: number of ruled lines.
        squares: whether they are crossed by as many upright ones.
        rule_ink: darkness of a line, as a share of the ink's.
        tilt: of the lines, in degrees.
        inverted: chalk on slate.
    """

    size: tuple[int, int] = (480, 640)
    ink: float = 0.7
    paper: float = 225
    grain: float = 3
    shadow: float = 0
    fall_off: float = 0
    soft: float = 0
    vignette: float = 0
    rules: int = 0
    squares: bool = False
    rule_ink: float = 0.5
    tilt: float = 0
    inverted: bool = False

    def take(
        self, digit: int | None, *, height: float = 200, pen: float = 16, seed: int = 0
    ) -> Grey:
        """Photograph a digit in the middle of the sheet; None leaves the sheet empty."""
        rng = np.random.default_rng(seed)
        rows, columns = self.size
        top, left = (rows - height) / 2 + 11, (columns - 0.65 * height) / 2 + 17
        ink = stroke_mask(digit, self.size, top, left, height, pen)
        marks = np.maximum(ink, self.rule_ink * self._rules())
        picture = self.paper * (1 - self.ink * marks) * self._light()
        picture += rng.normal(0, self.grain, self.size)
        blotches = rng.normal(0, self.grain, (rows // 8 + 1, columns // 8 + 1))
        picture += cv2.resize(blotches, (columns, rows), interpolation=cv2.INTER_CUBIC)
        grey: Grey = np.clip(picture, 0, 255).round().astype(np.uint8)
        return 255 - grey if self.inverted else grey

    def _rules(self) -> NDArray[np.float32]:
        rows, columns = self.size
        lines = np.zeros(self.size, np.uint8)
        if self.rules:
            gap = rows // self.rules
            slope = float(np.tan(np.deg2rad(self.tilt)))
            for place in range(-columns, rows + columns, gap):
                ends = ((0, place), (columns, round(place + slope * columns)))
                cv2.line(lines, *ends, 255, 2, cv2.LINE_AA)
                if self.squares:
                    ends = ((place, 0), (round(place - slope * rows), rows))
                    cv2.line(lines, *ends, 255, 2, cv2.LINE_AA)
        return np.divide(lines, 255, dtype=np.float32)

    def _light(self) -> NDArray[np.float32]:
        rows, columns = self.size
        light = np.linspace(1, 1 - self.fall_off, columns, dtype=np.float32)[None, :]
        light = np.repeat(light, rows, axis=0)
        if self.shadow:
            shade = np.zeros(self.size, np.float32)
            corners = [(0, 0), (round(0.6 * columns), 0), (round(0.45 * columns), rows), (0, rows)]
            cv2.fillPoly(shade, [np.array(corners, np.int32)], 1.0)
            light = light * (1 - self.shadow * cv2.GaussianBlur(shade, (0, 0), 6))
        down, across = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
        light = light * (1 - self.soft * np.exp(-8 * ((down - 0.2) ** 2 + (across + 0.2) ** 2)))
        light = light * (1 - self.vignette * (down**2 + across**2) / 2)
        lit: NDArray[np.float32] = light.astype(np.float32)
        return lit


def encode(picture: NDArray[np.uint8], kind: str = "png", **options: object) -> bytes:
    """Return the bytes of a picture file."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()


def sideways(picture: NDArray[np.uint8], kind: str) -> bytes:
    """Return the file of a camera held sideways: turned pixels, and EXIF that says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(np.rot90(picture), kind, exif=exif)

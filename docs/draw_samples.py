"""Draws the app's sample pictures, our own pen on paper: `python -m docs.draw_samples`."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inkread.training.pen import draw
from inkread.training.shapes import curve, draw_digit

FOLDER = Path(__file__).parents[1] / "src" / "inkread" / "web" / "samples"
SIDE = 420
Picture = NDArray[Any]


def strokes(*lines: str, height: float, at: tuple[float, float]) -> list[NDArray[np.floating]]:
    """Return curves through points `x,y` in hundredths of a height."""
    points = [np.array([each.split(",") for each in line.split()], np.float64) for line in lines]
    placed = [each / 100 * height + at for each in points]
    return [curve(each, 8) if len(each) > 2 else each for each in placed]


def number(
    text: str, rng: np.random.Generator, *, height: float, at: tuple[float, float]
) -> list[NDArray[np.floating]]:
    """Return the strokes of a number with dots, its digits of the shapes that we train on."""
    left, top = at
    drawn: list[NDArray[np.floating]] = []
    for sign in text:
        if sign == ".":
            drawn.append(np.array([[left, top + height], [left + 2, top + height - 1]]))
            left += 0.3 * height
            continue
        digit, shape = -1, [np.zeros((1, 2), np.float32)]
        while digit != int(sign):
            shape, digit = draw_digit(rng)
        least = min(float(each[:, 0].min()) for each in shape)
        drawn += [(each - (least, 0)) * height + (left, top) for each in shape]
        left = max(float(each[:, 0].max()) for each in drawn) + 0.2 * height
    return drawn


def ink(drawn: list[NDArray[np.floating]], pen_px: int) -> Picture:
    """Return how much ink there is, 0–1."""
    placed = [each.astype(np.float32) for each in drawn]
    return np.asarray(cv2.GaussianBlur(draw(placed, (SIDE, SIDE), pen_px) / 255.0, (0, 0), 0.9))


def paper(rng: np.random.Generator, ruled_px: int = 0, *, squared: bool = False) -> Picture:
    """Return paper with grain and lines, 0–255."""
    grain = np.asarray(cv2.GaussianBlur(rng.normal(0, 14, (SIDE, SIDE)), (0, 0), 1.2))
    sheet = np.asarray(232 + grain)
    for place in range(ruled_px // 2, SIDE, ruled_px or SIDE):
        sheet[place : place + 2] -= 40 if ruled_px else 0
        if squared:
            sheet[:, place : place + 2] -= 40
    return sheet


def shadow(strength: float) -> Picture:
    """Return light that falls off to one corner."""
    across, down = np.meshgrid(np.linspace(0, 1, SIDE), np.linspace(0, 1, SIDE))
    return np.asarray(1 - strength * np.clip(1.3 * across + 0.7 * down - 0.6, 0, 1))


def save(name: str, picture: Picture, rng: np.random.Generator) -> None:
    """Write a picture as a camera would, with noise and as JPEG."""
    noisy = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    cv2.imwrite(str(FOLDER / f"{name}.jpg"), noisy, [cv2.IMWRITE_JPEG_QUALITY, 80])


def main() -> None:
    """Draw them all."""
    rng = np.random.default_rng(4)
    FOLDER.mkdir(exist_ok=True)
    crossed = strokes(
        *("0,14 6,2 35,6 68,0", "68,0 48,40 34,70 26,100", "14,54 70,46"), height=210, at=(140, 95)
    )
    one = strokes("0,42 24,24 44,0", "44,0 40,50 34,100", height=190, at=(165, 110))
    five = strokes(
        *("14,2 10,40 40,38 62,60 52,92 4,94", "14,2 40,3 72,0"), height=230, at=(130, 90)
    )
    small = strokes("0,10 35,0 52,18 24,44 60,62 46,96 0,94", height=70, at=(300, 60))
    letter = strokes(
        "0,0 2,50 0,100", "60,2 30,30 4,52", "4,52 34,74 66,100", height=200, at=(140, 100)
    )
    light = shadow(0.55)
    save("photo", (paper(rng, 48) - 165 * ink(crossed, 9)) * light, rng)
    save("squared", (paper(rng, 34, squared=True) - 170 * ink(one, 7)) * shadow(0.25), rng)
    save("chalk", 46 + 175 * ink(five, 17) * rng.uniform(0.75, 1, (SIDE, SIDE)), rng)
    save("corner", paper(rng) - 190 * ink(small, 6), rng)
    save("letter", (paper(rng) - 175 * ink(letter, 12)) * shadow(0.2), rng)
    bill = [
        *number("12.50", rng, height=58, at=(130, 80)),
        *number("7.80", rng, height=56, at=(165, 180)),
        *number("104", rng, height=58, at=(125, 282)),
    ]
    save("numbers", (paper(rng, 50) - 165 * ink(bill, 6)) * shadow(0.4), rng)


if __name__ == "__main__":
    main()

"""Strokes drawn for training look as the pad draws them."""

import base64
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from inkread.training.pen import draw
from inkread.training.shapes import draw_digit

SIDE = 280
PEN = 20
DRAW = """
async (drawings) => {
  const { drawStrokes } = await import(new URL("pad.js", location.href));
  const canvas = Object.assign(document.createElement("canvas"), { width: 280, height: 280 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return drawings.map((strokes) => {
    context.clearRect(0, 0, 280, 280);
    drawStrokes(context, strokes.map((points) => ({ points })), 280, "#000");
    const pixels = context.getImageData(0, 0, 280, 280).data;
    let grey = "";
    for (let at = 3; at < pixels.length; at += 4) grey += String.fromCharCode(pixels[at]);
    return btoa(grey);
  });
}
"""


@pytest.fixture
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{app_url}/pad/")
    yield page
    context.close()


def drawings(count: int) -> list[list[np.ndarray]]:
    """Digits of 60 to 220 px anywhere on the pad, in tenths of a pixel; some have a dot."""
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(count):
        strokes, _ = draw_digit(rng)
        size = rng.uniform(60, 220)
        placed = [each * size + rng.uniform(PEN, SIDE - 0.8 * size, 2) for each in strokes]
        if rng.random() < 0.2:
            placed.append(rng.uniform(PEN, SIDE - PEN, (1, 2)))
        drawn.append([each.round(1) for each in placed])
    return drawn


def test_the_training_pen_draws_as_the_pad_does(page: Page) -> None:
    strokes = drawings(200)
    by_pad = page.evaluate(DRAW, [[each.tolist() for each in drawn] for drawn in strokes])
    differences = []
    for drawn, packed in zip(strokes, by_pad, strict=True):
        pad = np.frombuffer(base64.b64decode(packed), np.uint8).reshape(SIDE, SIDE)
        ours = draw([each.astype(np.float32) for each in drawn], (SIDE, SIDE), PEN)
        differences.append(float(cv2.absdiff(pad, ours).mean()))
    print(f"\nmean difference {np.mean(differences):.3f} of 255, largest {max(differences):.3f}")
    assert np.mean(differences) <= 2
    assert max(differences) <= 2

"""Thinning and tracing."""

import cv2
import numpy as np
import pytest

from inkread.training import skeleton
from inkread.training.pen import draw
from inkread.training.shapes import draw_digit
from inkread.training.skeleton import strokes_of, thin
from tests.drawing import canvas


def parts(mask: np.ndarray) -> tuple[int, int]:
    """Count the connected parts of a mask and the holes in it."""
    inside, _ = cv2.connectedComponents(mask, connectivity=8)
    outside, _ = cv2.connectedComponents(1 - mask, connectivity=4)
    return inside - 1, outside - 2


@pytest.mark.parametrize("digit", range(10))
def test_thinning_keeps_parts_and_holes(digit: int) -> None:
    mask = (255 - canvas(digit, pen=24) > 127).astype(np.uint8)
    thinned = thin(mask)
    assert parts(thinned) == parts(mask)
    assert thinned.sum() < 0.1 * mask.sum()
    assert not np.any(thinned & (1 - mask))
    squares = thinned[1:, 1:] & thinned[:-1, 1:] & thinned[1:, :-1] & thinned[:-1, :-1]
    assert squares.sum() <= 3  # one pixel wide but for a corner here and there


def test_strokes_drawn_again_lie_where_they_were() -> None:
    rng = np.random.default_rng(0)
    overlaps = []
    for _ in range(40):
        strokes, _ = draw_digit(rng)
        placed = [each * 90 + 25 for each in strokes]
        original = draw(placed, (140, 140), 10)
        again = draw([each * 140 for each in strokes_of(original)], (140, 140), 10)
        overlaps.append(np.minimum(original, again).sum() / np.maximum(original, again).sum())
    assert min(overlaps) > 0.5  # a pen's width off is under 0.1
    assert np.mean(overlaps) > 0.75


def test_an_empty_picture_has_no_strokes() -> None:
    assert strokes_of(np.zeros((28, 28), np.uint8)) == []


def test_a_ring_is_one_stroke() -> None:
    ring = np.zeros((64, 64), np.uint8)
    cv2.circle(ring, (32, 32), 20, 255, 3)
    (stroke,) = strokes_of(ring)
    assert np.linalg.norm(stroke[0] - stroke[-1]) < 0.1
    radii = np.linalg.norm(stroke - 0.5, axis=1)
    assert radii.min() > 0.27
    assert radii.max() < 0.35


def test_a_loop_that_ran_full_is_traced_as_a_loop() -> None:
    nine = np.zeros((84, 84), np.uint8)
    cv2.circle(nine, (40, 25), 12, 255, -1)
    cv2.line(nine, (50, 25), (50, 75), 255, 6)
    drawn = draw([each * 84 for each in strokes_of(nine)], nine.shape, 3)
    assert parts((drawn > 127).astype(np.uint8)) == (1, 1)


def test_of_several_ways_the_one_is_taken_that_comes_nearest() -> None:
    six = np.zeros((84, 84), np.uint8)
    cv2.ellipse(six, (56, 46), (24, 32), 0, 150, 250, 255, 8)
    cv2.circle(six, (40, 58), 10, 255, -1)  # its loop is hardly wider than the pen
    drawn = draw([each * 84 for each in strokes_of(six)], six.shape, 3)
    assert parts((drawn > 127).astype(np.uint8)) == (1, 1)


def test_no_way_is_taken_that_tears_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    line = np.zeros((84, 84), np.uint8)
    line[8:76, 36:46] = 255
    line[38:44] = line[38:44] // 10 * 7
    keeps, tears = skeleton._WAYS[0], skeleton._WAYS[1]._replace(handicap=-1)
    monkeypatch.setattr(skeleton, "_WAYS", (tears,))
    assert len(strokes_of(line)) > 1
    monkeypatch.setattr(skeleton, "_WAYS", (keeps, tears))
    (stroke,) = strokes_of(line)
    assert np.ptp(stroke[:, 1]) > 0.6


def test_solid_ink_is_traced() -> None:
    square = np.zeros((28, 28), np.uint8)
    square[9:19, 9:19] = 255
    assert strokes_of(square)


def test_faint_ink_is_traced() -> None:
    picture = np.zeros((28, 28), np.uint8)
    picture[4:24, 13:15] = 80
    drawn = draw([each * 84 for each in strokes_of(picture)], (84, 84), 4)
    assert (drawn[15:69] > 127).any(axis=1).all()

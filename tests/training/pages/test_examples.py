"""What the networks are shown of pages, and what they are to answer."""

from copy import copy

import numpy as np
import pytest

from inkread.maps import DIGIT_PX, PAPER, STRIDES_PX, found, iou
from inkread.strips import STRIP_PX
from inkread.training.pages.calibrate import (
    SAME,
)
from inkread.training.pages.crops import Crops, _of_lines, _wrong
from inkread.training.pages.network import CHANNELS
from inkread.training.pages.page import Pages
from inkread.training.pages.strips import Strips
from inkread.training.pages.targets import DEPTH, MAPS, Page, targets


def test_maps_give_back_the_boxes_they_were_made_from() -> None:
    boxes = np.array(  # two ones stand close
        [[20, 10, 40, 44], [60, 12, 64, 40], [65, 12, 69, 40], [90, 36, 95, 42]], np.float32
    )
    labels = np.array([3, 1, 1, 10])
    empty = np.zeros((0, 4), np.float32)
    wanted = targets(Page(np.zeros((64, 128), np.uint8), boxes, labels, empty))
    assert wanted.shape == (DEPTH, 64 // STRIDES_PX[0], 128 // STRIDES_PX[1])
    maps = np.full((CHANNELS, *wanted.shape[1:]), -9, np.float32)
    heat = np.clip(wanted[:2], 1e-6, 1 - 1e-6)
    maps[:2] = np.log(heat / (1 - heat))
    for sign in range(13):
        maps[2 + sign][wanted[MAPS.sign] == sign] = 9
    maps[15:] = wanted[MAPS.box : MAPS.box + 4]
    seen = found(maps, 0.9)
    order = np.argsort(seen.boxes[:, 0])
    assert seen.boxes[order] == pytest.approx(boxes, abs=0.1)
    assert seen.signs[order].argmax(axis=1).tolist() == labels.tolist()


def test_of_what_is_cut_off_nothing_is_learned() -> None:
    boxes = np.array([[-30, 10, 8, 44]], np.float32)
    empty = np.zeros((0, 4), np.float32)
    wanted = targets(Page(np.zeros((64, 128), np.uint8), boxes, np.array([3]), empty))
    assert not wanted[MAPS.digit].any()
    assert wanted[MAPS.counts, 5, 1] == 0
    assert wanted[MAPS.counts, 5, 20] == 1


def test_crops_show_digits_and_what_is_none(pages: Pages) -> None:
    looks, labels = Crops(pages).batch(200, np.random.default_rng(3))
    assert looks.shape == (200, 3, 28, 28)
    assert set(labels.tolist()) == set(range(11))
    assert 0.1 < (labels == 10).mean() < 0.6
    assert all(ink.any() for ink in looks[labels < 10, 0])


def test_what_is_wrongly_seen_is_not_as_good_as_a_digit() -> None:
    digits = np.array([[10, 10, 30, 44], [34, 10, 54, 44], [58, 10, 64, 44]], np.float32)
    rng = np.random.default_rng(4)
    wrong = np.concatenate([_wrong(digits, rng) for _ in range(200)])
    assert len(wrong) > 100
    assert iou(wrong, digits).max() < SAME
    assert (wrong[:, 2:] > wrong[:, :2]).all()


def test_lines_run_past_digits_and_are_cut_out_in_pieces(pages: Pages) -> None:
    rng = np.random.default_rng(5)
    lined = copy(pages)
    lined.lines = 1.0
    pieces = 0
    for _ in range(40):
        page = lined.page((128, 256), rng)
        found = _of_lines(page, rng)
        pieces += len(found)
        assert (found[:, 2:] - found[:, :2]).max(initial=0) <= 1.5 * DIGIT_PX + 1
    assert pieces > 5


def test_strips_show_the_digits_that_they_are_said_to_show(pages: Pages) -> None:
    pictures, digits = Strips(pages).batch(240, np.random.default_rng(7))
    assert pictures.shape[:2] == (240, STRIP_PX)
    assert pictures.shape[2] % 8 == 0
    counts = (digits >= 0).sum(axis=1)
    assert all((row[count:] < 0).all() for row, count in zip(digits, counts, strict=True))
    assert counts.max() > 4
    assert 0.02 < float((counts == 0).mean()) < 0.25  # what was taken for digits and is none
    inked = [np.flatnonzero((each != PAPER).any(axis=0)) for each in pictures]
    widths = [int(each.max(initial=0)) for each in inked]
    assert np.corrcoef(widths, counts)[0, 1] > 0.6

"""Hands that write numbers."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from inkread.data.sources import Stroke
from inkread.training.pages.page import Pages
from inkread.training.pages.writing import NONE, Writer, any_hand


def test_a_hand_writes_digits_from_left_to_right(pages: Pages) -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        hand = any_hand(rng, 34)
        signs = pages.writer.number(hand, 6, rng)
        digits = [each for each in signs if 0 <= each.label < 10]
        assert 1 <= len(digits) <= 6
        middles = [float(each.box[::2].mean()) for each in digits]
        assert middles == sorted(middles)
        assert all(each.label == NONE or each.label < 13 for each in signs)


def test_slanted_digits_stand_as_close_as_upright_ones_and_none_vanishes(pages: Pages) -> None:
    rng = np.random.default_rng(2)
    steady = replace(any_hand(rng, 30), unsteady=0, climb=0, slant=0.8, gap=-0.1, joins=0)
    overlaps = []
    for _ in range(60):
        signs = pages.writer.number(steady, 6, rng)
        leaning = [each.box for each in signs]
        overlaps += [float(one[2] - next_[0]) for one, next_ in pairwise(leaning)]
        upright = []
        for sign in signs:
            points = np.concatenate(sign.strokes)
            x = points[:, 0] + 0.8 * (points[:, 1] - 30)
            upright.append((float(x.min()), float(x.max())))
        for (low, high), (low_next, high_next) in pairwise(upright):
            narrower = min(high - low, high_next - low_next)
            assert high - low_next <= max(0.3 * narrower, 0) + 0.01
    assert np.median(overlaps) > 0.4 * 30  # their boxes share what their ink does not


def test_a_hand_that_writes_many_ones_writes_other_digits_too(pages: Pages) -> None:
    rng = np.random.default_rng(5)
    hand = replace(any_hand(rng, 30), alike=0, ones=0.5)
    digits = [pages.writer.formed(hand, rng)[1] for _ in range(400)]
    assert 0.45 < np.mean(np.array(digits) == 1) < 0.7
    assert len(set(digits)) == 10


class Ones:
    """Ones that are a single straight line."""

    def digit(self, rng: np.random.Generator) -> tuple[list[Stroke], int]:
        return [np.array([[rng.uniform(0, 0.02), 0], [0, 1]], np.float32)], 1


def test_two_ones_are_two_lines() -> None:
    rng = np.random.default_rng(4)
    hand = any_hand(rng, 30)
    tight = replace(hand, unsteady=0, slant=0, gap=-0.1, joins=0, cents=0, tall_ones=1)
    writer = Writer([(Ones(), 1)])
    for _ in range(40):
        ones = [each for each in writer.number(tight, 4, rng) if each.label == 1]
        middles = [float(each.box[::2].mean()) for each in ones]
        assert np.diff(middles).min(initial=30) > 0.09 * 30


def test_a_hand_forms_a_digit_as_it_did_before(pages: Pages) -> None:
    rng = np.random.default_rng(3)
    hand = replace(any_hand(rng, 34), alike=1.0)
    formed = [pages.writer.formed(hand, rng) for _ in range(1500)]
    forms = {digit: strokes for strokes, digit in reversed(formed)}
    assert all(strokes is forms[digit] for strokes, digit in formed)
    assert len(forms) > 5
    again = [one == other for (_, one), (_, other) in pairwise(formed)]
    assert np.mean(again) > 0.18  # one in eight, and one in ten of the others by chance
    free = replace(any_hand(rng, 34), alike=0.0)
    for _ in range(20):
        pages.writer.formed(free, rng)
    assert not free.forms


def test_a_hand_may_write_long_ones_and_old_style_figures(pages: Pages) -> None:
    rng = np.random.default_rng(4)
    steady = replace(any_hand(rng, 30), unsteady=0, climb=0, cents=0, small_zeros=False, slant=0)
    hand = replace(steady, tall_ones=1.6, hangs=0.3)
    lowest: dict[int, list[float]] = {digit: [] for digit in range(10)}
    heights: dict[int, list[float]] = {digit: [] for digit in range(10)}
    for _ in range(80):
        for sign in pages.writer.number(hand, 6, rng):
            if 0 <= sign.label < 10:
                lowest[sign.label].append(float(sign.box[3]))
                heights[sign.label].append(float(np.ptp(sign.box[1::2])))
    assert np.median(heights[1]) == pytest.approx(1.6 * np.median(heights[8]), rel=0.1)
    assert np.median(lowest[9]) == pytest.approx(np.median(lowest[8]) + 0.3 * 30, abs=2)
    assert np.median(lowest[1]) == pytest.approx(np.median(lowest[8]) + 0.3 * 30, abs=2)

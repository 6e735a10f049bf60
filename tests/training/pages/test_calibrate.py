"""What says how sure the reading of pages is."""

from dataclasses import replace

import numpy as np

from inkread.engine import PageEngine
from inkread.naming import Calibration, named, number_confidence
from inkread.page import counted
from inkread.training.pages.calibrate import (
    CUT,
    _judge,
    fit,
    judged,
    numbers_of,
    right_numbers,
)
from inkread.training.pages.page import Pages
from inkread.training.pages.targets import Page
from tests.drawing import written


def test_calibration_finds_which_numbers_are_right(pages: Pages) -> None:
    engine = PageEngine()
    seen = judged(pages, engine, 80, np.random.default_rng(6))
    words = judged(replace(pages, without=1.0), engine, 40, np.random.default_rng(7))
    assert not any((each.labels >= 0).any() or len(each.missing) for each in words)
    calibration = fit(seen, words, engine)
    features, right = right_numbers(numbers_of(seen, calibration, engine), calibration)
    assert len(features) == len(right) > 60
    sure = number_confidence(features, calibration)
    assert sure[right].mean() > sure[~right].mean()
    assert calibration.presence[1] > 0
    assert min(calibration.whole) > 0
    assert sum(calibration.free) > 0.3
    assert sum(calibration.joined) > 0.3
    assert calibration.number[1] > 0
    in_words, _ = right_numbers(numbers_of(words, calibration, engine), calibration)
    assert number_confidence(in_words, calibration).mean() < sure[right].mean()


def test_a_digit_that_the_page_cuts_off_is_neither_right_nor_wrong() -> None:
    picture, boxes = written(["27"], (64, 160), height=34, pen=4, top=15, left=20)
    boxes_of = np.array(boxes, np.float32)
    half = int((boxes_of[1, 0] + boxes_of[1, 2]) / 2) + 3  # seen, and less than SEEN of it
    engine = PageEngine()
    for width, wanted in ((160, {2, 7}), (half, {2, CUT})):
        shown = np.ascontiguousarray(picture[:, :width])
        page = Page(shown, boxes_of, np.array([2, 7]), np.zeros((0, 4), np.float32))
        seen = _judge(page, engine, np.random.default_rng(3))
        every = named(seen.signs, Calibration())
        sure = seen.signs.found.presence > 0.4
        assert set(seen.labels[sure].tolist()) == wanted
        (members,) = counted(seen.page, seen.signs, every)[:1]
        assert len(members)
        assert len(numbers_of([seen], Calibration(), engine)) == (1 if width == 160 else 0)

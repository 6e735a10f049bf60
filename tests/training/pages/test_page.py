"""Pages as they are drawn."""

from dataclasses import replace

import numpy as np
import pytest

from inkread.training.pages.page import SIZES, Pages, _inked, _letters
from inkread.training.pages.targets import SEEN, seen
from inkread.training.pages.texture import TEXTURES, rules


def test_the_same_seed_writes_the_same_page_whatever_was_written_before(pages: Pages) -> None:
    first, second = (
        [pages.page(SIZES[0], np.random.default_rng(seed)) for seed in seeds]
        for seeds in ((4, 5, 6), (6, 4, 5))
    )
    for one, other in zip(first, [*second[1:], second[0]], strict=True):
        assert np.array_equal(one.picture, other.picture)
        assert np.array_equal(one.boxes, other.boxes)


def test_every_box_holds_ink(pages: Pages) -> None:
    """However it is worn; where the ink lies is tested without any paper, below."""
    rng = np.random.default_rng(0)
    signs = 0
    for _ in range(60):
        page = pages.page((128, 256), rng)
        whole = [each for each in page.boxes if seen(each, 256, 128) >= SEEN]
        for left, top, right, bottom in np.round(whole).astype(int).tolist():
            inside = page.picture[max(0, top) : bottom, max(0, left) : right]
            if inside.shape[0] > 12 and inside.shape[1] > 6:
                assert int(inside.max()) - int(inside.min()) > 8
                signs += 1
    assert signs > 100


def test_ink_lies_where_its_box_is() -> None:
    rng = np.random.default_rng(7)
    off = []
    for _ in range(200):
        middle, half = rng.uniform(20, 44, 2), rng.uniform(4, 12, 2)
        corners = middle + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
        ink = _inked([[corners.astype(np.float32)]], (64, 64), 4.0, rng)
        rows, columns = np.indices(ink.shape) + 0.5
        off.append([(columns * ink).sum(), (rows * ink).sum()] / ink.sum() - middle)
    assert np.abs(np.mean(off, axis=0)).max() < 0.05


def test_words_are_no_digits_and_lie_where_their_boxes_are(pages: Pages) -> None:
    rng = np.random.default_rng(5)
    text = replace(pages, plain=1.0, without=1.0, through=0.0)
    covered = []
    for _ in range(30):
        page = text.page((128, 256), rng)
        assert not len(page.labels)
        dark = page.picture < np.median(page.picture) - 40
        boxes = np.zeros_like(dark)
        for left, top, right, bottom in page.others.round().astype(int).tolist():
            boxes[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2] = True
        covered.append((dark & boxes).sum() / max(1, dark.sum()))
    assert np.median(covered) > 0.98


def test_what_is_on_the_back_shows_through_and_is_not_asked_for(pages: Pages) -> None:
    bare, through = (replace(pages, plain=1.0, without=0.0, through=share) for share in (0.0, 1.0))
    outside = []
    for each in (bare, through):
        rng = np.random.default_rng(9)
        marks = 0
        for _ in range(20):
            page = each.page((128, 256), rng)
            dark = page.picture < np.median(page.picture) - 8
            for left, top, right, bottom in page.boxes.round().astype(int).tolist():
                dark[max(0, top - 4) : bottom + 4, max(0, left - 4) : right + 4] = False
            marks += int(dark.sum())
        outside.append(marks)
    assert outside[1] > 3 * outside[0]


def test_a_form_has_a_word_before_each_number(pages: Pages) -> None:
    """So its numbers begin further to the right, by the widths of words."""
    begins = []
    for share in (0.0, 1.0):
        rng = np.random.default_rng(6)
        form = replace(pages, plain=1.0, without=0.0, forms=share)
        boxes = [form.page((128, 256), rng).boxes for _ in range(40)]
        begins.append(np.median([each[:, 0].min() for each in boxes if len(each)]))
    assert begins[1] - begins[0] > 30


def test_a_number_alone_has_paper_around_it(pages: Pages) -> None:
    rng = np.random.default_rng(8)
    single = replace(pages, plain=1.0, without=0.0, single=1.0)
    gaps = []
    for _ in range(60):
        boxes = single.page((128, 256), rng).boxes
        if len(boxes):
            low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
            gaps.append([*low, *(np.array([256, 128]) - high)])
    assert len(gaps) > 50
    assert (np.min(gaps, axis=1) > 0).mean() > 0.9


def test_a_printed_word_has_a_box_for_each_letter() -> None:
    word = np.zeros((40, 60), np.uint8)
    word[10:30, 4:12] = word[20:24, 20:31] = 255
    assert _letters(word).tolist() == [[4, 10, 12, 30], [20, 20, 31, 24]]


@pytest.mark.parametrize("texture", [*TEXTURES, rules])
def test_textures_are_shares_of_darkness(texture: object) -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        shade = texture((60, 90), rng)  # type: ignore[operator]
        assert shade.shape == (60, 90)
        assert shade.dtype == np.float32
        assert 0 <= float(shade.min()) <= float(shade.max()) <= 1

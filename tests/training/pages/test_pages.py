"""What the networks of pages learn from, and that they do learn from it."""

import json
import shutil
from copy import copy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from inkread import Reader
from inkread.data.sources import Stroke, load_omniglot
from inkread.engine import PageEngine
from inkread.errors import DataError
from inkread.maps import DIGIT_PX, PAPER, STRIDES_PX, found, iou
from inkread.naming import Calibration, named
from inkread.page import counted
from inkread.strips import STEP_PX, STRIP_PX
from inkread.training.batches import Arrays
from inkread.training.card import sha256
from inkread.training.config import PAGES
from inkread.training.loop import Loss
from inkread.training.mixture import Pictures
from inkread.training.pages import export
from inkread.training.pages import run as module
from inkread.training.pages.calibrate import (
    CUT,
    SAME,
    _judge,
    fit,
    judged,
    numbers_of,
    right_numbers,
)
from inkread.training.pages.crops import Crops, _of_lines, _wrong
from inkread.training.pages.network import CHANNELS, LineNet, PageNet, line_loss, loss
from inkread.training.pages.page import SIZES, Pages, _inked
from inkread.training.pages.run import Plan, run, show
from inkread.training.pages.sources import sources
from inkread.training.pages.strips import Strips
from inkread.training.pages.targets import DEPTH, MAPS, SEEN, Page, seen, targets
from inkread.training.pages.texture import TEXTURES, rules
from inkread.training.pages.writing import NONE, Invented, Traced, Writer, any_hand
from tests.drawing import small_digits, written


@pytest.fixture(scope="module")
def pages() -> Pages:
    """Pages with digits that we draw ourselves, and some traced ones."""
    pictures, labels = small_digits(30)
    traced = Traced(Pictures(pictures, labels))
    words = [np.full((40, 90), 200, np.uint8)]
    return Pages(Writer([(Invented(), 0.7), (traced, 0.3)]), words, Pictures(pictures, labels))


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


@pytest.mark.parametrize("texture", [*TEXTURES, rules])
def test_textures_are_shares_of_darkness(texture: object) -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        shade = texture((60, 90), rng)  # type: ignore[operator]
        assert shade.shape == (60, 90)
        assert shade.dtype == np.float32
        assert 0 <= float(shade.min()) <= float(shade.max()) <= 1


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


def learned(network: nn.Module, loss: Loss, batch: Arrays, steps: int) -> list[float]:
    """Teach a network one batch and return its losses."""
    shares, wanted = torch.from_numpy(batch[0][:, None]).float() / 255, torch.from_numpy(batch[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(steps):
        value = loss(network(shares), wanted)
        optimizer.zero_grad()
        torch.autograd.backward(value)
        optimizer.step()
        losses.append(value.item())
    return losses


def bundled(folder: Path) -> Path:
    """Copy the networks that ship into a folder, to exchange one of them."""
    for name in module.FILES:
        weights = Path(__file__).parents[3] / "src" / "inkread" / "weights" / name
        (folder / name).write_bytes(weights.read_bytes())
    return folder


def test_the_network_learns_pages_and_reads_them(pages: Pages, tmp_path: Path) -> None:
    """A few steps on one batch: the loss falls, and the exported file answers the same."""
    torch.manual_seed(0)
    network = PageNet()
    pictures, maps = pages.batch(4, np.random.default_rng(0))
    losses = learned(network, loss, (pictures, maps), 30)
    assert losses[-1] < 0.5 * losses[0]
    file = bundled(tmp_path) / "page.onnx"
    export.export_page(network, pictures, file)
    export.calibrate(file, Calibration(free=(0.5, 1, 0)))
    engine = PageEngine(tmp_path)
    assert Calibration(**engine.calibration).free[0] == 0.5
    page = np.ascontiguousarray(pictures[0, :40, :72])  # other sides than those of the export
    with torch.inference_mode():
        exact = network(torch.from_numpy(page[None, None]).float() / 255)[0].numpy()
    assert np.abs(engine.maps(page) - exact).mean() < 0.05 * exact.std()  # of 8 bits


def test_calibration_finds_which_numbers_are_right(pages: Pages) -> None:
    engine = PageEngine()
    seen = judged(pages, engine, 80, np.random.default_rng(6))
    calibration = fit(seen, engine)
    likely, right = right_numbers(numbers_of(seen, calibration, engine), calibration)
    assert len(likely) == len(right) > 60
    assert likely[right].mean() > likely[~right].mean()
    assert calibration.presence[1] > 0
    assert min(calibration.whole) > 0
    assert sum(calibration.free) > 0.3
    assert sum(calibration.joined) > 0.3
    assert calibration.number[1] > 0


def test_a_digit_that_the_page_cuts_off_is_neither_right_nor_wrong() -> None:
    picture, boxes = written(["27"], (64, 160), height=34, pen=4, top=15, left=20)
    boxes_of = np.array(boxes, np.float32)
    half = int((boxes_of[1, 0] + boxes_of[1, 2]) / 2) + 5
    engine = PageEngine()
    for width, wanted in ((160, {2, 7}), (half, {2, CUT})):
        shown = np.ascontiguousarray(picture[:, :width])
        page = Page(shown, boxes_of, np.array([2, 7]), np.zeros((0, 4), np.float32))
        seen = _judge(page, engine, np.random.default_rng(3))
        every = named(seen.signs, Calibration())
        sure = seen.signs.found.presence > 0.4
        assert set(seen.labels[sure].tolist()) == wanted
        (members,) = counted(seen.signs, every)[:1]
        assert len(members)
        assert len(numbers_of([seen], Calibration(), engine)) == (1 if width == 160 else 0)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make runs take seconds."""
    for name in ("CALIBRATING", "JUDGED", "WATCHED", "CROPS", "STRIPS"):
        monkeypatch.setattr(module, name, 40)


@pytest.mark.usefixtures("short")
def test_a_run_writes_its_networks_and_a_card(data: Path, tmp_path: Path) -> None:
    changes = {"epochs": 1, "epoch_pictures": 64}
    card = run(Plan(changes), tmp_path, data)
    names = sorted(path.name for path in tmp_path.iterdir())
    networks = ["line.onnx", "line.pt", "page.json", "page.md", "page.onnx", "page.pt"]
    assert names == [*networks, "sign.onnx", "sign.pt"]
    command = "`inkread train pages --only line --epochs 1 --epoch-pictures 64`: 1 epochs"
    assert command in card.as_markdown()
    assert json.loads((tmp_path / "page.json").read_text())["sha256"] == card.sha256
    assert PageEngine(tmp_path).calibration.keys() == vars(card.calibration).keys()
    weights = sha256(tmp_path / "line.pt")
    plan = Plan(changes | {"seed": 2}, only=["line"], further=True)
    further = run(plan, tmp_path, data)
    assert further.sha256["sign.onnx"] == card.sha256["sign.onnx"]
    assert further.networks["page"] == card.networks["page"]
    first, second = further.networks["line"]
    assert [first] == card.networks["line"]
    assert (second.started_from, second.config.seed) == (weights, 2)
    assert "; then `inkread train pages --only line --further --seed 2" in further.as_markdown()
    assert sha256(tmp_path / "line.pt") != weights
    (tmp_path / "line.pt").unlink()
    exported = sha256(tmp_path / "line.onnx")
    assert run(plan, tmp_path, data).networks["line"][2].started_from == exported
    start = Path(module.__file__).parents[2] / "weights" / "digit.onnx"
    begun = run(Plan(changes, only=["sign"], start=start), tmp_path, data)
    assert [each.started_from for each in begun.networks["sign"]] == [sha256(start)]
    (tmp_path / "sign.pt").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"damaged, or not of .*sign\.pt"):
        run(replace(plan, only=["sign"]), tmp_path, data)


@pytest.mark.usefixtures("short")
def test_a_run_that_is_stopped_while_it_calibrates_goes_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Path(module.__file__).parents[2] / "weights" / "page.json"
    shutil.copy(card, bundled(tmp_path))
    begun = {path.name: sha256(path) for path in tmp_path.iterdir()}

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_calibrated", stop)
    plan = Plan({"epochs": 1, "epoch_pictures": 64}, only=["line"], further=True)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run(plan, tmp_path, data)
        left = {path.name: sha256(path) for path in tmp_path.iterdir()}
        assert left.pop("line-checkpoint.pt")
        assert left == begun


def test_pages_are_judged_by_characters_that_no_network_was_taught(data: Path) -> None:
    taught, judging = sources(PAGES, data)
    every = load_omniglot(data).pictures
    held_out = {each.tobytes() for each in judging.characters.pictures}
    shares = {
        np.mean([each.tobytes() in held_out for each in drawings])
        for drawings in every.reshape(-1, 20, *every.shape[1:])
    }
    assert shares == {0, 1}
    assert len(taught.characters.pictures) + len(held_out) == len(every)


def test_a_network_that_is_not_to_be_trained_has_to_be_there(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs the card of trained networks"):
        run(Plan(only=["line"]), tmp_path, data)


def test_strips_show_the_digits_that_they_are_said_to_show(pages: Pages) -> None:
    pictures, digits = Strips(pages).batch(60, np.random.default_rng(7))
    assert pictures.shape[:2] == (60, STRIP_PX)
    assert pictures.shape[2] % 8 == 0
    counts = (digits >= 0).sum(axis=1)
    assert all((row[count:] < 0).all() for row, count in zip(digits, counts, strict=True))
    assert counts.max() > 4
    assert 0.02 < float((counts == 0).mean()) < 0.25  # what was taken for digits and is none
    inked = [np.flatnonzero((each != PAPER).any(axis=0)) for each in pictures]
    widths = [int(each.max(initial=0)) for each in inked]
    assert np.corrcoef(widths, counts)[0, 1] > 0.7


def test_the_line_network_learns_numbers_and_is_exported(pages: Pages, tmp_path: Path) -> None:
    """A few steps on one batch: the loss falls, and the file answers the same at any width."""
    torch.manual_seed(0)
    network = LineNet()
    strips, digits = Strips(pages).batch(6, np.random.default_rng(0))
    losses = learned(network, line_loss, (strips, digits), 60)
    assert losses[-1] < 0.5 * losses[0]
    shown, _ = Strips(pages).batch(60, np.random.default_rng(1))
    export.export_line(network, shown, bundled(tmp_path) / "line.onnx")
    for width in (64, 96):
        strip = np.ascontiguousarray(strips[0, :, :width])
        with torch.inference_mode():
            exact = network(torch.from_numpy(strip[None, None]).float() / 255).softmax(dim=2)[0]
        steps = PageEngine(tmp_path).steps(strip)
        assert steps.shape == (width // STEP_PX, 11)
        # Averaged ranges cut what is rare off: of a network that has hardly learned, not a little.
        assert np.abs(steps - exact.numpy()).mean() < 0.03


def test_pages_can_be_looked_at(data: Path, tmp_path: Path) -> None:
    sheet = show(PAGES, 6, tmp_path, data)
    assert Reader().read_page(sheet).width == 4 * SIZES[0][1]

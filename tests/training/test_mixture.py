"""What networks are trained on: every source gives framed ink with the right label."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkread import Reader
from inkread.data.digits import NOT_A_DIGIT, Digits
from inkread.data.sources import Drawings
from inkread.errors import BlankPicture
from inkread.ink import frame
from inkread.training import exams, glyphs, scribbles
from inkread.training.alphabets import ALPHABETS
from inkread.training.augment import bend, bend_picture, inked
from inkread.training.calibrate import Rule, fit
from inkread.training.digit_shapes import SHAPES
from inkread.training.mixture import (
    CUTS,
    AsTheyAre,
    Blends,
    Blobs,
    Drawn,
    Halves,
    Mixture,
    Numbers,
    Overwritten,
    Pictures,
    Scribbles,
    Shapes,
    Source,
)
from inkread.training.recipes import Given, mixture
from inkread.training.shapes import draw_digit, is_between_1_and_7
from inkread.training.wear import _uneven, wear
from tests.drawing import small_digits

PICTURES, LABELS = small_digits(100)
FENCES = np.zeros((2, 60, 60), np.uint8)  # of eight lines, upright and level
FENCES[0, 5:55, 4:56:7] = FENCES[1, 4:56:7, 5:55] = 255
HALVED = np.isin(LABELS, list(CUTS))


def drawings() -> Drawings:
    drawn = [draw_digit(np.random.default_rng(seed)) for seed in range(20)]
    return Drawings([strokes for strokes, _ in drawn], np.array([digit for _, digit in drawn]))


SOURCES: dict[str, tuple[Callable[[], Source], set[int]]] = {
    "pictures": (lambda: Pictures(PICTURES, LABELS, redrawn=0), set(range(10))),
    "pictures as they are": (lambda: AsTheyAre(PICTURES, LABELS), set(range(10))),
    "pictures inked anew": (lambda: Pictures(PICTURES, LABELS, redrawn=1), set(range(10))),
    "strokes": (lambda: Drawn(drawings()), set(drawings().labels.tolist())),
    "shapes": (Shapes, set(range(10))),
    "scribbles": (Scribbles, {NOT_A_DIGIT}),
    "overwritten": (lambda: Overwritten(Pictures(PICTURES, LABELS)), {NOT_A_DIGIT}),
    "blends": (lambda: Blends(Pictures(FENCES, [NOT_A_DIGIT] * 2)), {NOT_A_DIGIT}),
    "blobs": (Blobs, {NOT_A_DIGIT}),
    "numbers": (lambda: Numbers(PICTURES), {NOT_A_DIGIT}),
    "halves": (lambda: Halves(PICTURES[HALVED], LABELS[HALVED]), {NOT_A_DIGIT}),
}


def test_a_blob_is_never_as_thin_as_a_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        mask = (Blobs().sample(rng)[0] > 0.4).astype(np.uint8)
        (outline, *_), _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        _, sides, _ = cv2.minAreaRect(outline)
        assert min(sides) > 0.35 * max(sides)


def test_a_blend_of_a_stroke_or_two_might_be_a_digit() -> None:
    bar = np.zeros((1, 60, 60), np.uint8)
    bar[0, 5:55, 30] = 255
    with pytest.raises(BlankPicture):
        Blends(Pictures(bar, [NOT_A_DIGIT])).sample(np.random.default_rng(0))


def test_no_marker_fills_what_is_no_digit() -> None:
    cross = np.zeros((1, 60, 60), np.uint8)
    cross[0, 28:32, 10:50] = cross[0, 10:50, 28:32] = 255
    rng = np.random.default_rng(0)
    fullest = [
        max(int((source.sample(rng)[0] > 0.5).sum()) for _ in range(200))
        for source in (Pictures(cross, np.array([label]), redrawn=1) for label in (1, NOT_A_DIGIT))
    ]
    assert fullest[1] < 150 < fullest[0]


def test_ink_at_the_rim_keeps_its_corners_when_it_is_turned() -> None:
    outline = np.pad(np.zeros((34, 34), np.uint8), 3, constant_values=255)
    rng = np.random.default_rng(0)
    closed = 0
    for _ in range(100):
        _, parts = cv2.connectedComponents((bend_picture(outline, rng) < 0.2).astype(np.uint8))
        closed += 0 < parts[14, 14] != parts[0, 0]
    assert closed > 95  # 82 where they are cut off


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_ink_framed_as_it_is_read(name: str) -> None:
    make, labels = SOURCES[name]
    source, rng = make(), np.random.default_rng(0)
    seen, blank = set(), 0
    for _ in range(150):
        try:
            ink, label = source.sample(rng)
        except BlankPicture:
            blank += 1
            continue
        seen.add(label)
        assert ink.shape == (28, 28)
        assert ink.dtype == np.float32
        assert 0 <= ink.min() <= ink.max() <= 1
        rows, columns = np.nonzero(ink)
        assert max(np.ptp(rows), np.ptp(columns)) == 19  # the longer side is 20 px
    assert seen == labels
    assert blank < 5


def test_a_batch_is_the_same_for_the_same_seed() -> None:
    mixture = Mixture([(Shapes(), 1.0), (Scribbles(), 1.0)])
    first, again, other = (mixture.batch(40, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first[0].shape == (40, 28, 28)
    assert first[0].dtype == np.uint8
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


def test_sources_are_drawn_from_by_their_weights() -> None:
    _, labels = Mixture([(Shapes(), 3.0), (Scribbles(), 1.0)]).batch(400, np.random.default_rng(0))
    assert np.mean(labels == NOT_A_DIGIT) == pytest.approx(0.25, abs=0.08)


def test_digits_as_they_are_are_not_worn_either() -> None:
    inks, labels = Mixture([(AsTheyAre(PICTURES, LABELS), 1.0)]).batch(60, np.random.default_rng(0))
    framed = {
        (frame(np.divide(each, 255, dtype=np.float32)) * 255 + 0.5).astype(np.uint8).tobytes()
        for each in PICTURES
    }
    assert {each.tobytes() for each in inks} <= framed
    assert len(set(labels.tolist())) == 10


def test_pens_are_hair_thin_to_thick() -> None:
    rng = np.random.default_rng(0)
    strokes, _ = draw_digit(rng)
    shares = [float((inked(bend(strokes, rng), rng) > 0.3).mean()) for _ in range(300)]
    assert np.quantile(shares, 0.05) < 0.06
    assert np.quantile(shares, 0.95) > 0.2


def test_what_was_bent_can_still_be_read(reader: Reader) -> None:
    rng = np.random.default_rng(0)
    bent = [bend_picture(picture, rng) for picture in PICTURES]
    assert not np.array_equal(bent[0], bend_picture(PICTURES[0], rng))
    readings = reader.read_digits([(each * 255).astype(np.uint8) for each in bent])
    right = [reading.best == label for reading, label in zip(readings, LABELS, strict=True)]
    assert np.mean(right) > 0.85


def test_uneven_ink_is_as_dark_as_before_somewhere_and_paler_elsewhere() -> None:
    ink = AsTheyAre(PICTURES, LABELS).sample(np.random.default_rng(0))[0]
    uneven = [_uneven(ink, np.random.default_rng(seed)) for seed in range(20)]
    assert [each.max() for each in uneven] == pytest.approx([ink.max()] * 20)
    assert len({float(each.sum()) for each in uneven}) == 20
    dark = ink > 0.8
    assert all(0.4 < each[dark].mean() < 0.97 * ink[dark].mean() for each in uneven)
    assert all((each >= 0).all() for each in uneven)


def test_wear_stays_in_range_and_leaves_some_alone() -> None:
    rng = np.random.default_rng(0)
    ink = np.divide(PICTURES[3], 255, dtype=np.float32)
    worn = [wear(ink, rng, other=ink) for _ in range(800)]
    assert all(each.shape == ink.shape and 0 <= each.min() <= each.max() <= 1 for each in worn)
    assert any(each[:, :3].max() > 0.5 for each in worn)  # a neighbour, or a ruled line
    assert 0.4 < np.mean([np.array_equal(each, ink) for each in worn]) < 0.6


def test_a_mixture_is_made_of_whatever_digits_there_are() -> None:
    """Zeros and ones alone, without published data: they cannot be halved."""
    few = LABELS < 2
    sources, counts = mixture(Given(Digits(PICTURES[few], LABELS[few]), data=None), own_share=1)
    assert counts == {"digits": 20}
    assert not any(isinstance(source, Halves) for source in sources.sources)
    _, labels = sources.batch(50, np.random.default_rng(0))
    assert 0.5 < np.mean(labels < 10) < 1


def test_own_pictures_are_mixed_in_by_their_share(data: Path) -> None:
    digits = Digits(PICTURES, LABELS)
    sources, counts = mixture(Given(digits, data, own=digits), own_share=0.3)
    assert sources.weights[-1] == pytest.approx(0.3)
    assert counts["own pictures"] == counts["digits"] == 100
    assert counts["pendigits"] == 7_494


def test_there_are_several_shapes_of_every_digit() -> None:
    assert sorted(SHAPES) == list(range(10))
    assert all(len(shapes) >= 3 for shapes in SHAPES.values())


def test_look_alikes_are_examples_of_nothing() -> None:
    assert {"O", "l", "I", "S", "Z"} <= glyphs.LOOK_ALIKES
    assert not any(sign.isdigit() for sign in glyphs.LETTERS)
    printed = {picture.tobytes() for picture in glyphs.letters(glyphs.FONTS[:1])}
    look_alikes = [printed_sign(sign) for sign in sorted(glyphs.LOOK_ALIKES)]
    assert not printed & {picture.tobytes() for picture in look_alikes}
    assert printed_sign("A").tobytes() in printed


def printed_sign(sign: str) -> np.ndarray:
    return glyphs.printed(sign, glyphs.FONTS[0])


def test_what_checks_is_not_trained_on() -> None:
    assert not set(glyphs.FONTS) & set(glyphs.HELD_OUT_FONTS)
    assert not set(scribbles.KINDS) & set(scribbles.HELD_OUT_KINDS)
    assert set(exams.letters().labels) == set(exams.scribbles(5).labels) == {NOT_A_DIGIT}


def test_every_sign_of_another_writing_system_is_one_example() -> None:
    trained, checked = glyphs.other_signs(), glyphs.other_signs(held_out=True)
    printed = [picture.tobytes() for picture in trained + checked]
    assert all(map(any, printed))  # the font has each
    assert len(trained) + len(checked) == sum(map(len, ALPHABETS.values()))
    assert not {*map(bytes, trained)} & {*map(bytes, checked)}
    assert not glyphs.LOOK_ALIKES & set("".join(ALPHABETS.values()))
    assert set(exams.other_signs(1).labels) == {NOT_A_DIGIT}


def test_printed_digits_come_with_their_labels() -> None:
    pictures, labels = glyphs.printed_digits(glyphs.FONTS[:2])
    assert len(pictures) == len(labels)
    assert sorted(set(labels)) == list(range(10))
    assert all(picture.any() for picture in pictures)


def test_calibration_finds_the_temperature_and_keeps_digits() -> None:
    """Logits made from known probabilities, then made surer than they should be."""
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 1.5, (4_000, 11))
    honest[:, 10] = -9
    chances = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(11, p=row) for row in chances])
    kept = labels < 10
    logits = (honest * 1.7).astype(np.float32)[kept]
    found = fit([(logits, labels[kept])], Rule(0.0, 1.0), most_refused=0.01)
    assert found.temperature == pytest.approx(1.7, rel=0.1)


def test_calibration_refuses_no_more_digits_than_it_may() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 2_000)
    logits = rng.normal(0, 1, (2_000, 11)).astype(np.float32)
    logits[np.arange(2_000), labels] += 8
    logits[:, 10] += rng.normal(0, 4, 2_000)
    found = fit([(logits, labels)], Rule(0.5, 0.2), most_refused=0.02)
    shifted = logits.copy()
    shifted[:, 10] += found.shift
    powers = np.exp(shifted / found.temperature)
    chances = powers / powers.sum(axis=1, keepdims=True)
    refused = (chances[:, :10].max(axis=1) < 0.5) | (chances[:, 10] > 0.2)
    assert 0.005 < refused.mean() <= 0.025  # some are unsure anyway


def test_digits_that_are_unsure_anyway_do_not_turn_refusal_off() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 1_000)
    logits = np.full((1_000, 11), -5, np.float32)
    logits[np.arange(1_000), labels] = 5
    logits[:50] = 0  # five in a hundred could be anything
    logits[:50, 10] = -9
    assert fit([(logits, labels)], Rule(0.5, 0.5), most_refused=0.01).shift > 0


@pytest.mark.parametrize(
    ("shape", "digit", "between"),
    [
        ("0,5 60,0 30,100", 7, False),
        ("0,20 60,0 30,100", 7, True),  # its roof falls by 18°
        ("0,20 5,3 60,0 30,100", 7, False),  # begun with a hook
        ("0,20 60,0 30,100 / 10,50 60,45", 7, False),  # it has a bar
        ("0,40 60,0 30,100", 1, False),
        ("0,15 60,0 30,100", 1, True),
        ("0,15 60,0 30,100 / 5,100 55,100", 1, False),  # it stands on a foot
        ("30,0 0,100", 1, False),
        ("0,15 60,0 30,100", 4, False),
    ],
)
def test_a_one_with_a_roof_is_no_shape_of_ours(shape: str, digit: int, between: bool) -> None:
    strokes = [
        np.array([point.split(",") for point in part.split()], np.float32) / np.float32(100)
        for part in shape.split(" / ")
    ]
    assert is_between_1_and_7(strokes, digit) == between


def test_our_ones_have_sharp_corners_and_no_roofs(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[list[np.ndarray], float]] = []

    def recorded(
        bent: list[np.ndarray], rng: np.random.Generator, thickest: float, rounded: float
    ) -> np.ndarray:
        given.append((bent, rounded))
        return inked(bent, rng, thickest, rounded)

    monkeypatch.setattr("inkread.training.mixture.inked", recorded)
    rng = np.random.default_rng(0)
    labels = [Shapes().sample(rng)[1] for _ in range(600)]
    assert not any(
        is_between_1_and_7(bent, label) for (bent, _), label in zip(given, labels, strict=True)
    )
    for (_, rounded), label in zip(given, labels, strict=True):
        assert (rounded == 0) == (label == 1)


def test_what_is_unsure_and_what_is_none_is_refused() -> None:
    rows = np.zeros((4, 11), np.float32)
    rows[0, 3] = 1  # sure
    rows[1, [3, 8]] = 0.45, 0.45  # unsure
    rows[2, [3, 10]] = 0.75, 0.25  # none
    rows[3, [3, 10]] = 0.85, 0.15
    assert Rule(threshold=0.5, no_digit=0.2).refused(rows) == 0.5

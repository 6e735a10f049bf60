import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import inkread
from inkread import (
    BlankPicture,
    DigitReading,
    ModelError,
    Picture,
    Reader,
    SettingsError,
    UnreadablePicture,
)
from inkread.engine import Engine
from inkread.readings import percent
from tests import mnist
from tests.drawing import canvas, encode


def test_a_reading_says_what_was_read(reader: Reader) -> None:
    reading = reader.read_digit(canvas(7))
    assert (reading.digit, reading.best, reading.verdict) == (7, 7, "digit")
    assert reading.confidence == pytest.approx(max(reading.probabilities), abs=0.01)
    assert len(reading.probabilities) == 10
    assert sum(reading.probabilities) == pytest.approx(1)
    assert reading.ink.shape == (28, 28)
    assert reading.ink.dtype == np.float32


def test_an_empty_canvas_is_blank(reader: Reader) -> None:
    reading = reader.read_digit(canvas(None))
    assert reading == DigitReading(None, None, 0.0, "blank", (0.0,) * 10, reading.ink)
    assert not reading.ink.any()


def test_a_reading_cannot_be_changed(reader: Reader) -> None:
    reading = reader.read_digit(canvas(7))
    with pytest.raises(FrozenInstanceError):
        reading.digit = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        reading.ink[0, 0] = 1


def test_a_reading_goes_into_json(reader: Reader) -> None:
    content = json.loads(json.dumps(reader.read_digit(canvas(7)).as_dict()))
    assert list(content) == ["digit", "best", "confidence", "verdict", "probabilities"]
    assert content["digit"] == 7


def test_many_are_read_in_order_and_as_one_by_one(reader: Reader) -> None:
    pictures = [canvas(digit) for digit in range(10)] + [canvas(None)]
    readings = reader.read_digits(iter(pictures))
    assert [reading.digit for reading in readings] == [*range(10), None]
    for picture, reading in zip(pictures, readings, strict=True):
        alone = reader.read_digit(picture)
        assert alone.best == reading.best
        assert alone.probabilities == pytest.approx(reading.probabilities, abs=1e-5)


def test_28_by_28_arrays_among_others_are_read_as_one_by_one(data: Path, reader: Reader) -> None:
    framed = list(mnist.pictures(data, "t10k")[:300])
    pictures: list[Picture] = [
        *framed,
        np.zeros((28, 28), np.uint8),
        *(255 - each for each in framed[:20]),
        encode(canvas(3)),
        *(np.roll(each, 3, axis=0) for each in framed[:20]),
        canvas(None),
        *(each.T for each in framed[:20]),
    ]
    for picture, reading in zip(pictures, reader.read_digits(pictures), strict=True):
        alone = reader.read_digit(picture)
        assert np.array_equal(alone.ink, reading.ink)
        assert not reading.ink.flags.writeable
        assert alone.verdict == reading.verdict


def test_none_are_none(reader: Reader) -> None:
    assert reader.read_digits([]) == []


def test_a_bad_picture_among_many_raises_or_keeps_its_place(reader: Reader) -> None:
    pictures: list[Picture] = [canvas(3), b"no picture", canvas(5)]
    with pytest.raises(UnreadablePicture, match="needs a picture, got a text file"):
        reader.read_digits(pictures)
    three, error, five = reader.read_digits(pictures, return_errors=True)
    assert isinstance(three, DigitReading)
    assert isinstance(five, DigitReading)
    assert (three.digit, five.digit) == (3, 5)
    assert isinstance(error, UnreadablePicture)


@pytest.mark.parametrize(
    "one", ["seven.png", b"bytes", Path("seven.png"), bytearray(b"bytes"), canvas(7)]
)
def test_one_picture_is_no_list_of_pictures(one: Any, reader: Reader) -> None:
    for read, hint in (
        (reader.read_digits, "use read_digit"),
        (reader.read_pages, "use read_page"),
    ):
        with pytest.raises(UnreadablePicture) as caught:
            read(one)
        assert caught.value.message == "needs a list of pictures, got one"
        assert caught.value.hint == hint


def test_one_reader_serves_many_threads(reader: Reader) -> None:
    digits = list(range(10)) * 8
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(reader.read_digit, [canvas(digit) for digit in digits]))
    assert [reading.digit for reading in readings] == digits


def test_a_digit_anywhere_on_a_canvas_is_read_as_well_as_a_centred_one(
    data: Path, reader: Reader
) -> None:
    pictures, labels = mnist.pictures(data, "t10k")[:2000], mnist.labels(data, "t10k")[:2000]
    rng = np.random.default_rng(2026)
    placed = []
    for picture in pictures:
        rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
        digit = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        height = int(rng.integers(60, 241))
        width = min(280, round(height * digit.shape[1] / digit.shape[0]))
        large = cv2.resize(digit, (width, height), interpolation=cv2.INTER_LINEAR)
        page = np.zeros((280, 280), np.uint8)
        top, left = rng.integers(0, 281 - height), rng.integers(0, 281 - width)
        page[top : top + height, left : left + width] = large
        placed.append(255 - page)

    def accuracy(pictures: list[np.ndarray]) -> float:
        best = [reading.best for reading in reader.read_digits(pictures)]
        return float(np.mean(np.array(best, dtype=float) == labels))

    centred, anywhere = accuracy(list(pictures)), accuracy(placed)
    print(f"centred {centred:.2%}, anywhere {anywhere:.2%}")
    assert anywhere >= centred - 0.003


def test_the_bundled_model_reads_mnist_as_well_as_its_card_says(data: Path) -> None:
    readings = Reader(threads=2).read_digits(mnist.pictures(data, "t10k"))
    best = np.array([reading.best for reading in readings])
    accuracy = float(np.mean(best == mnist.labels(data, "t10k")))
    folder = Path(inkread.__file__).parent / "weights"
    card = json.loads((folder / "digit.json").read_text(encoding="utf-8"))
    # A handful of test digits are not 20 px long; framing scales these.
    (test,) = (each for each in card["evaluations"] if each["name"] == "mnist-test")
    assert accuracy == pytest.approx(test["digits"]["accuracy"], abs=0.0005)
    assert accuracy >= 0.993


def test_models_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        Reader(tmp_path / "none.onnx")
    assert caught.value.message == f"no such model: {tmp_path / 'none.onnx'}"
    broken = tmp_path / "broken.onnx"
    broken.write_text("no network", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        Reader(broken)
    assert caught.value.message == f"needs an ONNX model, got something else: {broken}"


def test_a_blank_picture_is_no_error_of_the_reader(reader: Reader) -> None:
    try:
        reader.read_digit(encode(np.full((1, 1), 255, np.uint8)))
    except BlankPicture:
        pytest.fail("read_digit raised BlankPicture")


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.5, "50 %"), (0.0, "0 %")]
)
def test_shares_are_rounded_down(share: float, words: str) -> None:
    assert percent(share) == words


def logits_model(path: Path, logits: list[float]) -> Path:
    """Write an ONNX model that gives the same logits for every ink."""
    outputs = len(logits)
    nodes = [
        helper.make_node("Flatten", ["ink"], ["flat"]),
        helper.make_node("MatMul", ["flat", "nothing"], ["zeros"]),
        helper.make_node("Add", ["zeros", "logits"], ["out"]),
    ]
    values = {
        "nothing": np.zeros((784, outputs), np.float32),
        "logits": np.array(logits, np.float32),
    }
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("ink", TensorProto.FLOAT, ["batch", 1, 28, 28])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", outputs])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 18)])
    onnx.save_model(model, path)
    return path


@pytest.mark.parametrize(
    ("logits", "verdict", "digit", "confidence"),
    [
        ([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "digit", 0, 0.9988),
        ([0] * 10 + [9], "not_a_digit", None, 0.0001),
        ([9] + [0] * 9 + [7.8], "not_a_digit", None, 0.7679),
        ([9] + [0] * 9 + [7.4], "digit", 0, 0.8312),
        ([2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], "unsure", None, 0.3107),  # 0 or 1
        ([9, 0, 0, 0, 0, 0, 0, 0, 0, 0], "digit", 0, 0.9989),  # a model that knows digits alone
    ],
)
def test_the_verdict_follows_from_the_probabilities(
    tmp_path: Path, logits: list[float], verdict: str, digit: int | None, confidence: float
) -> None:
    reading = Reader(logits_model(tmp_path / "model.onnx", logits)).read_digit(canvas(7))
    assert (reading.verdict, reading.digit) == (verdict, digit)
    assert reading.best == 0
    assert reading.confidence == pytest.approx(confidence, abs=1e-4)
    assert sum(reading.probabilities) == pytest.approx(1)


@pytest.mark.parametrize(
    ("logits", "words"),
    [
        ([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "0 (99.8 %)"),
        ([0] * 10 + [9], "does not look like a digit"),
        ([9] + [0] * 9 + [7.8], "perhaps no digit, or else 0 (76.7 %)"),
        ([2, 0, 1.9, 0, 0, 0, 0, 0, 0, 0, 0], "not sure: 0 or 2 (32 %)"),
    ],
)
def test_a_reading_speaks_plainly(tmp_path: Path, logits: list[float], words: str) -> None:
    reading = Reader(logits_model(tmp_path / "model.onnx", logits)).read_digit(canvas(7))
    assert reading.in_words() == words


def test_shares_are_of_all_that_it_may_be(tmp_path: Path) -> None:
    model = logits_model(tmp_path / "model.onnx", [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2])
    reading = Reader(model).read_digit(canvas(7))
    assert max(reading.shares()) == reading.shares()[0] == pytest.approx(reading.confidence)
    assert sum(reading.shares()) == pytest.approx(1 - np.exp(2) / (2 * np.exp(2) + np.e + 8))


def test_a_blank_reading_speaks_plainly(reader: Reader) -> None:
    reading = reader.read_digit(canvas(None))
    assert (reading.in_words(), reading.second) == ("blank", None)
    assert reading.shares() == (0.0,) * 10


def test_what_is_surely_none_has_no_shares() -> None:
    reading = DigitReading(None, 0, 0.0, "not_a_digit", (0.0,) * 10, np.zeros((28, 28), np.float32))
    assert reading.shares() == (0.0,) * 10
    assert reading.alternatives() == []


def test_a_model_that_answers_nonsense_is_named(tmp_path: Path) -> None:
    model = logits_model(tmp_path / "model.onnx", [np.nan] * 10)
    with pytest.raises(ModelError, match="answers with values that are no numbers"):
        Reader(model).read_digit(canvas(7))


def test_the_threshold_decides_what_is_unsure() -> None:
    reading = Reader(threshold=1.0).read_digit(canvas(7))
    assert (reading.verdict, reading.digit, reading.best) == ("unsure", None, 7)


def test_what_is_no_digit_is_none_at_any_threshold(tmp_path: Path) -> None:
    model = logits_model(tmp_path / "model.onnx", [9] + [0] * 9 + [7.8])
    assert Reader(model, threshold=0).read_digit(canvas(7)).verdict == "not_a_digit"


def test_versions_are_averaged() -> None:
    one, five = (Reader(versions=count).read_digit(canvas(7)) for count in (1, 5))
    assert five.best == 7
    assert five.probabilities != one.probabilities
    assert sum(five.probabilities) == pytest.approx(1)
    assert np.array_equal(five.ink, one.ink)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.5}, "threshold needs a number from 0 to 1, got: 1.5"),
        ({"versions": 2.0}, "versions needs a whole number from 1 to 5, got: 2.0"),
        ({"versions": 0}, "versions needs a whole number from 1 to 5, got: 0"),
        ({"versions": 6}, "versions needs a whole number from 1 to 5, got: 6"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Reader(**options)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": -1}, "threshold needs a number from 0 to 1, got: -1"),
        ({"versions": 9}, "versions needs a whole number from 1 to 5, got: 9"),
    ],
)
def test_tuning_is_checked_too(reader: Reader, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        reader.tuned(**options)
    assert caught.value.message == message


def test_a_tuned_reader_reads_as_one_made_so_and_leaves_the_first_alone(reader: Reader) -> None:
    tuned = reader.tuned(threshold=1.0, versions=5)
    assert tuned.read_digit(canvas(7)) == Reader(threshold=1.0, versions=5).read_digit(canvas(7))
    assert tuned.tuned(threshold=0.5).read_digit(canvas(7)).verdict == "digit"
    assert reader.read_digit(canvas(7)) == Reader().read_digit(canvas(7))


@pytest.mark.parametrize(("falls", "digit"), [(-5, 7), (0, 7), (8, 7), (30, 1), (40, 1)])
def test_a_seven_without_a_bar_is_no_one_with_an_upstroke(
    falls: float, digit: int, reader: Reader
) -> None:
    """What falls from the stem's top to the left, by so many degrees, is a roof or an upstroke."""
    top, angle = np.array([190.0, 75.0]), np.deg2rad(falls)
    tip = top + 110 * np.array([-np.cos(angle), np.sin(angle)])
    for lean in (30, 60, 90):
        picture = np.full((280, 280), 255, np.uint8)
        bottom = top + np.array([-lean, 150])
        points = np.stack([tip, top, bottom]).round().astype(np.int32)
        cv2.polylines(picture, [points], isClosed=False, color=0, thickness=20)
        assert reader.read_digit(picture).best == digit


def test_the_evidence_is_the_confidence_lost_without_a_patch(reader: Reader) -> None:
    reading = reader.read_digit(canvas(4))
    evidence = reader.evidence(reading)
    assert evidence.shape == (28, 28)
    row, column = np.unravel_index(evidence.argmax(), evidence.shape)
    without = reading.ink.copy()
    without[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
    probabilities = Engine().probabilities(np.stack([reading.ink, without]))[:, 4]
    assert evidence.max() == pytest.approx(probabilities[0] - probabilities[1], abs=1e-3)
    assert evidence.max() > 0.01
    assert not evidence[0].any()  # no ink is near


def test_the_evidence_is_averaged_as_the_reading_is() -> None:
    moved = Reader(versions=5)
    reading = moved.read_digit(canvas(4))
    assert not np.allclose(moved.evidence(reading), Reader().evidence(reading), atol=1e-3)


def test_nothing_decided_where_there_is_nothing(reader: Reader) -> None:
    assert not reader.evidence(reader.read_digit(canvas(None))).any()

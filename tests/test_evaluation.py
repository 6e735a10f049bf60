import json
from pathlib import Path

import numpy as np
import pytest

from inkread import DataError, Reader
from inkread.data.labelled import LabelledSet
from inkread.data.sets import named_set
from inkread.evaluation import (
    Mistake,
    Outcomes,
    compare,
    evaluate,
    evaluation,
    reliability,
    wilson,
)
from tests.drawing import canvas, encode
from tests.test_reader import logits_model


def labelled(labels: list[int]) -> LabelledSet:
    """Digits as the tests draw them; a blank canvas for what is not a digit."""
    pictures = [canvas(label if label < 10 else None) for label in labels]
    ids = tuple(f"picture {row}" for row in range(len(labels)))
    return LabelledSet("drawn", pictures, np.array(labels), ids)


def outcomes(best: list[int], confidence: list[float], refused: list[bool]) -> Outcomes:
    rows = np.arange(len(best))
    return Outcomes(rows, np.array(best), np.array(confidence), np.array(refused), (), 1.0)


def test_drawn_digits_are_read_and_counted(reader: Reader) -> None:
    found = evaluate(reader, labelled([*range(10), 10]))
    assert found.digits is not None
    assert (found.digits.count, found.digits.accuracy, found.digits.refused) == (10, 1, 0)
    assert found.digits.confusion == tuple(tuple(row) for row in np.eye(10, dtype=int).tolist())
    assert found.others is not None
    assert (found.others.count, found.others.refused) == (1, 1)
    assert (found.worst, found.problems) == ((), ())
    assert 0 < found.milliseconds < 1000
    assert json.loads(json.dumps(found.as_dict()))["digits"]["count"] == 10


def test_what_was_read_is_counted_as_it_is_defined() -> None:
    found = evaluation(
        outcomes(
            #      right right  wrong  blank wrong  letter  letter letter
            best=[3, 3, 8, -1, 5, 7, 7, 1],
            confidence=[0.99, 0.4, 0.95, 0.0, 0.97, 0.92, 0.6, 0.3],
            refused=[False, True, False, True, False, False, False, True],
        ),
        labelled([3, 3, 3, 3, 6, 10, 10, 10]),
    )
    assert found.digits is not None
    assert (found.digits.count, found.digits.accuracy, found.digits.refused) == (5, 0.4, 0.4)
    assert found.digits.confusion[3] == (0, 0, 0, 2, 0, 0, 0, 0, 1, 0)
    assert sum(map(sum, found.digits.confusion)) == 4  # the blank one is in no column
    # Bins 14: 0.99, 0.95 and 0.97, a third right; 6: 0.4, right; 0: the blank one.
    assert found.digits.ece == pytest.approx((3 * (0.97 - 1 / 3) + 1 * (1 - 0.4)) / 5)
    assert found.others is not None
    assert found.others.refused == pytest.approx(1 / 3)
    assert found.others.surely_called_digits == pytest.approx(1 / 3)
    assert found.worst == (
        Mistake("picture 4", 4, 6, 5, 0.97),
        Mistake("picture 2", 2, 3, 8, 0.95),
        Mistake("picture 5", 5, "not_a_digit", 7, 0.92),
        Mistake("picture 6", 6, "not_a_digit", 7, 0.6),
    )


def test_at_most_twenty_mistakes_are_kept() -> None:
    found = evaluation(outcomes([1] * 30, [0.5] * 30, [False] * 30), labelled([2] * 30))
    assert [mistake.row for mistake in found.worst] == list(range(20))


@pytest.mark.parametrize(("right", "count"), [(0, 10), (5, 10), (9959, 10_000), (1, 1)])
def test_the_interval_is_wilsons(right: int, count: int) -> None:
    """Its ends are the shares from which what was seen is 1.96 standard errors away."""
    for end, outermost in zip(wilson(right, count), (0, 1), strict=True):
        away = abs(right / count - end) / np.sqrt(end * (1 - end) / count or 1)
        assert end == outermost == right / count or away == pytest.approx(1.959964, abs=1e-4)


def test_bins_are_of_equal_width_and_hold_every_reading() -> None:
    confidence = np.array([0.0, 0.5, 0.66, 0.67, 1.0])
    bins = reliability(confidence, np.array([False, True, True, False, True]), bins=3)
    assert [each.count for each in bins] == [1, 2, 2]
    assert [(each.low, each.high) for each in bins] == [(0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1)]
    assert bins[1].confidence == pytest.approx(0.58)
    assert (bins[1].accuracy, bins[2].accuracy) == (1, 0.5)


def test_a_bad_picture_is_named_and_counts_for_nothing(tmp_path: Path, reader: Reader) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(encode(canvas(4)))
    bad.write_bytes(b"bad")
    mixed = LabelledSet("mine", [bad, good], np.array([9, 4]), ("bad.png", "good.png"))
    found = evaluate(reader, mixed)
    assert found.digits is not None
    assert (found.digits.count, found.digits.accuracy) == (1, 1)
    assert found.problems == (f"needs a picture, got a text file: {bad}",)


def test_a_set_of_bad_pictures_alone_is_refused(tmp_path: Path, reader: Reader) -> None:
    missing = tmp_path / "missing.png"
    with pytest.raises(DataError) as caught:
        evaluate(reader, LabelledSet("mine", [missing], np.array([1]), ("missing.png",)))
    assert (caught.value.message, caught.value.hint) == (
        "not one of 1 pictures could be read: mine",
        f"no such file: {missing}",
    )


def test_models_read_the_same_pictures(tmp_path: Path, reader: Reader) -> None:
    always_three = Reader(logits_model(tmp_path / "three.onnx", [0, 0, 0, 9, 0, 0, 0, 0, 0, 0]))
    steps: list[int] = []
    ours, theirs = compare([reader, always_three], labelled([3, 4] * 50), steps.append)
    assert ours.digits is not None
    assert theirs.digits is not None
    assert (ours.digits.accuracy, theirs.digits.accuracy) == (1, 0.5)
    assert sum(steps) == 100


def test_letters_of_real_people_are_counted_as_no_digits(data: Path, reader: Reader) -> None:
    held_out = named_set("omniglot-held-out", data)
    few = LabelledSet("few", held_out.pictures[:40], held_out.labels[:40], held_out.ids[:40])
    found = evaluate(reader, few)
    assert found.digits is None
    assert found.others is not None
    assert found.others.count == 40
    refused = [each.verdict != "digit" for each in reader.read_digits(few.pictures)]
    assert found.others.refused == pytest.approx(np.mean(refused))

import numpy as np
import pytest

from inkread.lines import numbers, worth_a_look
from inkread.maps import SIGNS, Found


def found_at(*signs: tuple[str, float, float, float]) -> Found:
    """Return signs at (sign, left, top, height); digits are 0.6 heights wide."""
    boxes = [(left, top, left + 0.6 * high, top + high) for _, left, top, high in signs]
    logits = np.full((len(signs), len(SIGNS)), -5, np.float32)
    for row, (sign, *_) in enumerate(signs):
        logits[row, SIGNS.index(sign)] = 5
    return Found(np.array(boxes, np.float32), np.ones(len(signs), np.float32), logits)


def texts(*signs: tuple[str, float, float, float]) -> list[str]:
    return ["".join(signs[each][0] for each in group) for group in numbers(found_at(*signs))]


def row(
    text: str, left: float, top: float, high: float = 30, step: float = 25, slope: float = 0
) -> list[tuple[str, float, float, float]]:
    return [
        (sign, left + place * step, top + slope * place * step, high)
        for place, sign in enumerate(text)
    ]


def test_digits_side_by_side_are_a_number_whatever_their_order_was() -> None:
    assert texts(*reversed(row("1978", 10, 10))) == ["1978"]


def test_lines_are_read_from_top_to_bottom() -> None:
    assert texts(*row("34", 10, 80), *row("12", 10, 10)) == ["12", "34"]


def test_columns_are_kept_apart_and_read_by_rows() -> None:
    signs = [*row("56", 300, 12), *row("12", 10, 10), *row("78", 300, 81), *row("34", 10, 80)]
    assert texts(*signs) == ["12", "56", "34", "78"]


@pytest.mark.parametrize("slope", [-0.26, -0.1, 0.1, 0.26])
def test_rows_may_be_tilted_by_15_degrees(slope: float) -> None:
    signs = [*row("123456789", 10, 200, slope=slope), *row("987654321", 10, 250, slope=slope)]
    assert texts(*signs) == ["123456789", "987654321"]


def test_small_and_raised_noughts_belong_to_their_number() -> None:
    signs = [*row("25", 10, 10, high=40, step=30), ("0", 70, 10, 18), ("0", 85, 10, 18)]
    assert texts(*signs) == ["2500"]


def test_separators_join_what_they_stand_beside() -> None:
    signs = [*row("12", 10, 10), (".", 62, 36, 5), *row("50", 72, 10), ("-", 130, 22, 6)]
    assert texts(*signs) == ["12.50-"]


def test_what_is_far_larger_than_the_digits_of_rows_joins_no_rows() -> None:
    rows = [*row("12", 10, 10), *row("34", 10, 60), *row("56", 10, 110)]
    assert len(texts(*rows, ("-", 30, 0, 150))) == 3
    dots = [(".", 62, 40, 5), (".", 62, 90, 5)]
    assert texts(*rows, *dots, ("1", 5, 0, 150)) == ["12.", "1", "34.", "56"]


def test_a_separator_alone_is_no_number() -> None:
    assert texts((".", 10, 10, 5), ("-", 200, 10, 5)) == []
    assert texts() == []


def test_digits_of_very_different_size_are_not_one_number() -> None:
    assert texts(("8", 10, 10, 120), ("3", 90, 55, 30)) == ["8", "3"]


def test_a_number_too_large_to_look_at_hides_no_other() -> None:
    across = np.arange(0, 12_000, 20, dtype=np.float32)
    chain = np.stack([across, 0.2 * across, across + 12, 0.2 * across + 20], axis=1)
    number = np.array([[100, 3000, 120, 3034], [125, 3000, 145, 3034]], np.float32)
    boxes = np.concatenate([chain, number])
    signs = np.zeros((len(boxes), len(SIGNS)), np.float32)
    signs[:, 7] = 5
    presence = np.linspace(0.9, 0.5, len(boxes), dtype=np.float32)
    (worth,) = worth_a_look(Found(boxes, presence, signs))
    assert worth.rough.boxes.tolist() == number.tolist()

from collections.abc import Callable

import pytest

from benchmarks.app import print_line
from benchmarks.competitors import inkread, plain
from benchmarks.pictures import drawings
from benchmarks.reading import first_answer, in_turn, times


def test_the_drawings_are_digits_and_always_the_same() -> None:
    pictures = drawings(10)
    assert pictures == drawings(10)
    assert [inkread().read(picture) for picture in pictures] == list(range(10))


def test_the_plain_network_reads_digits_that_fill_the_middle() -> None:
    assert [plain().read(picture) for picture in drawings(10)] == list(range(10))


def test_all_do_the_same_in_turn() -> None:
    done: list[tuple[str, int]] = []
    tasks: dict[str, Callable[[int], object]] = {
        "a": lambda item: done.append(("a", item)),
        "b": lambda item: done.append(("b", item)),
    }
    assert set(in_turn(tasks, [1, 2])) == {"a", "b"}
    assert done.count(("a", 2)) == done.count(("b", 2)) > 1


def test_a_fresh_process_answers_and_tells_its_memory() -> None:
    seconds, peak_mb = first_answer("inkread", drawings(1)[0])
    assert seconds > 0
    assert 20 < peak_mb < 1000


@pytest.mark.parametrize(("ratio", "text"), [(0.61, "0.61×"), (1, "1×"), (13.4, "13×")])
def test_a_ratio_is_written_with_two_digits(ratio: float, text: str) -> None:
    assert times(ratio) == text


@pytest.mark.parametrize(
    ("figure", "at_least", "missed"),
    [(39, False, False), (41, False, True), (41, True, False), (39, True, True)],
)
def test_a_bar_that_is_missed_is_said(
    figure: float, *, at_least: bool, missed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    print_line("something", figure, "ms", 40, at_least=at_least)
    assert ("NOT REACHED" in capsys.readouterr().out) == missed

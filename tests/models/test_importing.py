"""Models of other makers are imported: the bundled network in other clothes."""

from pathlib import Path

import pytest

from inkread import ModelError, Reader
from inkread.models import collection
from inkread.models.importing import import_model
from inkread.settings import Settings
from tests.drawing import canvas
from tests.models.variants import BUNDLED, Shape, saved, variant

MEAN, DEVIATION = 0.1307, 0.3081


def read(path: Path | None) -> tuple[list[int | None], list[float]]:
    readings = Reader(path).read_digits([canvas(digit) for digit in range(10)])
    return [each.best for each in readings], [each.confidence for each in readings]


SHAPES: list[Shape] = [
    ("batch", 1, 28, 28),
    ("N", 28, 28, 1),  # Keras's
    ("unk__7", 28, 28),
    ("batch", 784),
    (1, 1, 28, 28),  # exported for one picture
    (1, 28, 28, 1),
    (1, 784),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("output", ["logits", "Softmax"])
def test_any_usual_shape_is_read_as_the_original(
    tmp_path: Path, settings: Settings, shape: Shape, output: str
) -> None:
    path = saved(variant(shape, output=output), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings)
    assert (known.pixels, known.output[:6]) == (
        "0..1",
        "logits" if output == "logits" else "probab",
    )
    digits, confidences = read(collection.find("theirs", settings.models))
    ours, sure = read(None)
    assert digits == ours == list(range(10))
    assert confidences == pytest.approx(sure, abs=1e-4)


@pytest.mark.parametrize(
    ("factor", "offset", "pixels"),
    [
        (255, 0, "0..255"),
        (2, -1, "-1..1"),
        (1 / DEVIATION, -MEAN / DEVIATION, "standardised"),
        (-1, 1, "0..1-dark"),
        (-255, 255, "0..255-dark"),
        (-2, 1, "-1..1-dark"),
        (-1 / DEVIATION, (1 - MEAN) / DEVIATION, "standardised-dark"),
    ],
)
def test_the_scale_of_the_pixels_is_found_with_real_digits(
    data: Path, tmp_path: Path, factor: float, offset: float, pixels: str
) -> None:
    (tmp_path / "mnist").symlink_to(data / "mnist")  # MNIST alone: nothing is measured
    settings = Settings(data=tmp_path, models=tmp_path / "kept")
    path = saved(variant(factor=factor, offset=offset), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings)
    # The bundled network reads pale ink too, so that scales which only pale it are close calls.
    paled = {"standardised": "0..1", "-1..1-dark": "0..1-dark"}
    assert known.pixels in {pixels, paled.get(pixels)}
    assert known.checked_on.endswith(" of 1,000 digits of MNIST's training set")
    digits, confidences = read(collection.find("theirs", settings.models))
    assert digits == list(range(10))
    if known.pixels == pixels:
        assert confidences == pytest.approx(read(None)[1], abs=1e-3)


def test_without_data_drawn_digits_decide(tmp_path: Path, settings: Settings) -> None:
    path = saved(variant(factor=-255, offset=255), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings)
    assert known.pixels == "0..255-dark"
    assert known.checked_on.endswith(" of 270 digits that were drawn for it")
    assert known.figures == {}


def test_a_scale_that_is_said_is_taken(tmp_path: Path, settings: Settings) -> None:
    path = saved(variant(factor=2, offset=-1), tmp_path / "theirs.onnx")
    known = import_model(path, "theirs", settings, pixels="standardised")
    assert known.pixels == "standardised"


def test_ten_sigmoids_count_as_probabilities(tmp_path: Path, settings: Settings) -> None:
    path = saved(variant(output="Sigmoid"), tmp_path / "theirs.onnx")
    assert import_model(path, "theirs", settings).output == "probabilities"
    assert read(collection.find("theirs", settings.models))[0] == list(range(10))


def test_the_card_says_what_was_imported(settings: Settings) -> None:
    known = import_model(BUNDLED, "again", settings)
    assert (known.name, known.source) == ("again", "digit.onnx")
    assert known.parameters > 100_000
    kept = settings.models / "again.onnx"
    assert known.size_bytes == kept.stat().st_size
    assert collection.card("again", settings.models) == known
    # What was imported can be imported again: the names that were added do not meet themselves.
    assert import_model(kept, "twice", settings).pixels == "0..1"


def test_sets_at_hand_are_measured(data: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "usps").symlink_to(data / "usps")
    settings = Settings(data=tmp_path / "data", models=tmp_path / "kept")
    known = import_model(BUNDLED, "again", settings)
    assert list(known.figures) == ["usps-train"]  # zip.test chooses nothing
    assert known.figures["usps-train"]["digits"]["accuracy"] > 0.95


def test_a_name_is_taken_once_unless_it_is_forced(tmp_path: Path, settings: Settings) -> None:
    import_model(BUNDLED, "mine", settings)
    with pytest.raises(ModelError) as caught:
        import_model(BUNDLED, "mine", settings)
    assert (caught.value.message, caught.value.hint) == (
        "a model of that name is imported already: mine",
        "--force replaces it; inkread models list shows all",
    )
    path = saved(variant(output="Softmax"), tmp_path / "theirs.onnx")
    assert import_model(path, "mine", settings, replace=True).source == "theirs.onnx"
    assert collection.card("mine", settings.models).output == "probabilities"


@pytest.mark.parametrize("name", ["", "a b", "../a", "a/b", "a.onnx", "-a", "ü", "a" * 65, "a\n"])
def test_a_name_has_letters_digits_dashes_and_underscores(name: str, settings: Settings) -> None:
    with pytest.raises(ModelError) as caught:
        import_model(BUNDLED, name, settings)
    assert caught.value.message == (
        f"needs a name of letters, digits, dashes and underscores, got: {name or 'nothing'}"
    )

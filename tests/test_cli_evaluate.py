"""`inkread evaluate`, run as a person runs it."""

import json
from pathlib import Path

import pytest

from inkread.picture import load_rgb
from tests.drawing import canvas, encode
from tests.test_cli import run
from tests.test_reader import logits_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three digits, one in the wrong folder, and an empty canvas as what is no digit."""
    for name, digit in (("3/a", 3), ("4/b", 4), ("4/c", 5), ("not_a_digit/d", None)):
        path = tmp_path / "mine" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(canvas(digit)))
    return tmp_path / "mine"


def test_a_folder_is_evaluated_in_words(folder: Path) -> None:
    done = run("evaluate", "bundled", "--data", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    *lines, speed = done.stdout.splitlines()
    assert lines == [
        "mine",
        "  digits             3",
        "  right              66.67 % (95 % interval 20.77 % to 93.85 %)",
        "  refused            0.00 %",
        lines[4],
        "  not digits         1",
        "  refused            100.00 %",
        "  called a digit     0.00 % with over 90 % confidence",
    ]
    assert lines[4].startswith("  calibration error  0.3")
    assert speed.startswith("  a picture ")


def test_json_is_one_object_a_set(folder: Path) -> None:
    done = run("evaluate", "bundled", "--data", str(folder), "--data", str(folder), "--json")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["name"] == second["name"] == "mine"
    assert first["digits"]["confusion"][4][5] == 1
    (mistake,) = first["worst"]
    assert (mistake["id"], mistake["truth"], mistake["best"]) == ("4/c.png", 4, 5)


def test_the_options_of_reading_are_heeded(folder: Path, tmp_path: Path) -> None:
    model = str(logits_model(tmp_path / "three.onnx", [0, 0, 0, 2, 0, 0, 0, 0, 0, 0]))
    given = ("evaluate", model, "--data", str(folder), "--json")
    (loose, strict) = (
        json.loads(run(*given, *options).stdout)["digits"]
        for options in ([], ["--threshold", "0.9", "--versions", "2"])
    )
    assert loose["accuracy"] == strict["accuracy"] == pytest.approx(1 / 3)
    assert (loose["refused"], strict["refused"]) == (1, 1)  # 0.45 sure of a three


def test_figures_are_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    sets = ("--data", str(folder), "--data", str(folder))
    done = run("evaluate", "bundled", *sets, "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    kinds = (".json", "-confusion.png", "-reliability.png", "-worst.png")
    names = {stem + kind for stem in ("mine", "mine-2") for kind in kinds}
    assert {path.name for path in out.iterdir()} == names
    assert json.loads((out / "mine.json").read_text(encoding="utf-8"))["name"] == "mine"
    assert load_rgb(out / "mine-worst.png").shape[0] > 100


def test_sets_of_any_name_have_files_of_their_own(tmp_path: Path) -> None:
    sets = []
    for name in ("a/mine", "b/mine", "c/mine-2", "d/m\udcffne"):
        path = tmp_path / name / "3" / "a.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(encode(canvas(3)))
        sets += ["--data", str(tmp_path / name)]
    out = tmp_path / "out"
    done = run("evaluate", "bundled", *sets, "--out", str(out), PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    written = {path.stem for path in out.glob("*.json")}
    assert written == {"mine", "mine-2", "mine-2-2", "m\udcffne"}


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    out = folder / "3" / "a.png" / "out"
    done = run("evaluate", "bundled", "--data", str(folder), "--out", str(out))
    assert done.returncode == 2
    assert done.stderr == f"inkread: cannot write the figures, Not a directory: {out}\n"


def test_one_bad_picture_is_named_and_the_others_are_counted(folder: Path) -> None:
    (folder / "3" / "bad.png").write_bytes(b"bad")
    done = run("evaluate", "bundled", "--data", str(folder))
    assert done.returncode == 1
    assert "  digits             3\n" in done.stdout
    assert done.stderr == f"inkread: needs a picture, got a text file: {folder}/3/bad.png\n"

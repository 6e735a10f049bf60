"""`inkread models`, and reading with a model of one's own, run as a person runs them."""

import json
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import click
import pytest

from inkread.cli.models import SCALES, models
from inkread.models import contract
from tests.drawing import canvas, encode
from tests.models.variants import saved, variant
from tests.test_cli import run as run_anywhere


class Run(Protocol):
    """Runs `inkread` with a folder of models of its own."""

    def __call__(self, *arguments: str, model: str = "") -> CompletedProcess[str]: ...


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str, model: str = "") -> CompletedProcess[str]:
        folder = str(tmp_path / "kept")
        return run_anywhere(*arguments, INKREAD_MODELS=folder, INKREAD_MODEL=model)

    return run


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return saved(variant(("batch", 28, 28, 1), factor=-255, offset=255), tmp_path / "theirs.onnx")


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    for digit in range(10):
        path = tmp_path / "mine" / str(digit) / "a.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(encode(canvas(digit)))
    return tmp_path / "mine"


def test_a_model_is_imported_listed_used_compared_and_removed(
    theirs: Path, run: Run, digits: Path
) -> None:
    done = run("models", "import", str(theirs), "--name", "theirs")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "theirs: imported from theirs.onnx"
    assert lines[1].startswith("  pixels      0..255-dark: ")
    assert lines[2] == "  output      logits"

    listed = run("models", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["name", "bundled", "theirs"]
    (card,) = map(json.loads, run("models", "list", "--json").stdout.splitlines())
    assert (card["name"], card["pixels"]) == ("theirs", "0..255-dark")

    seven = str(digits / "7" / "a.png")
    assert run("read", "--model", "theirs", seven).stdout.startswith(f"{seven}: 7 (")
    assert run("read", seven, model="theirs").stdout.startswith(f"{seven}: 7 (")

    done = run("models", "compare", "bundled", "theirs", "--data", str(digits))
    assert (done.returncode, done.stderr) == (0, "")
    head, columns, *rows = done.stdout.splitlines()
    assert head == "mine: 10 pictures"
    assert columns.split("  ")[0] == "model"
    assert [row.split()[:3] for row in rows] == [
        ["bundled", "100.00", "%"],
        ["theirs", "100.00", "%"],
    ]

    done = run("models", "remove", "theirs")
    assert (done.returncode, done.stdout) == (0, "theirs: removed\n")
    assert run("models", "list").stdout.splitlines()[1:] == [listed[1]]


def test_compare_gives_json_an_object_a_model(theirs: Path, run: Run, digits: Path) -> None:
    given = ("models", "compare", "bundled", str(theirs), "--data", str(digits), "--json")
    done = run(*given)
    assert done.returncode == 2  # it was not imported, and takes other shapes
    assert done.stderr.startswith("inkread: needs a model from float(batch, 1, 28, 28) to float(")
    done = run(*given[:3], "bundled", *given[4:])
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["model"], first["digits"]["count"]) == ("bundled", 10)
    assert first["size_bytes"] == second["size_bytes"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "x.onnx"], "Error: Missing option '--name'."),
        (["import", "x.onnx", "--name", "x"], "inkread: no such file: x.onnx\n"),
        (["import", "x.onnx", "--name", "a b"], "inkread: needs a name of letters, digits, dash"),
        (["import", "x.onnx", "--name", "bundled"], "inkread: the name bundled is that of the "),
        (["import", "x", "--name", "x", "--pixels", "9"], "Invalid value for '--pixels': '9' is"),
        (["compare", "bundled"], "Error: Missing option '--data'."),
        (["compare", "none", "--data", "x"], "inkread: no model of that name: none\nhint: ink"),
        (["remove", "none"], "inkread: no model of that name: none\nhint: no model is imported"),
        (["delete", "none"], "Error: No such command 'delete'."),
    ],
)  # fmt: skip
def test_wrong_usage_exits_with_2(arguments: list[str], says: str, run: Run) -> None:
    done = run("models", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


@pytest.mark.parametrize("name", sorted(models.commands))
def test_every_command_under_models_has_help(name: str, run: Run) -> None:
    command = models.commands[name]
    assert command.help
    assert all(each.help for each in command.params if isinstance(each, click.Option))
    shown = run("models", name, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "\\b" not in shown.stdout


def test_the_scales_to_choose_from_are_those_that_there_are() -> None:
    assert {*SCALES, *(f"{each}-dark" for each in SCALES)} == set(contract.SCALES)


def test_without_onnx_the_extra_is_named(theirs: Path) -> None:
    code = (
        "import sys; sys.modules['onnx'] = None\n"
        "from inkread.cli import main\n"
        f"main(['models', 'import', {str(theirs)!r}, '--name', 'theirs'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"INKREAD_MODELS": str(theirs.parent / "kept")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "inkread: importing models needs packages that are not installed\n"
        "hint: pip install 'inkread[models]'\n"
    )

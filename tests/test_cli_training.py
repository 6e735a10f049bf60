"""`inkread data` and `inkread train`, run as a person runs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from inkread import Reader
from tests.drawing import canvas, encode, small_digits
from tests.test_cli import run


def test_data_says_what_is_here(tmp_path: Path) -> None:
    (tmp_path / "semeion").mkdir()
    (tmp_path / "semeion" / "semeion.data").write_text("0 1\n", encoding="utf-8")
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "t10k-labels-idx1-ubyte.gz").write_bytes(b"")
    done = run("data", "list", INKREAD_DATA=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    states = {line.split()[0]: line[11:18].strip() for line in done.stdout.splitlines()}
    assert states["semeion"] == "here"
    assert states["mnist"] == "in part"
    assert states["pendigits"] == "missing"


def test_a_light_install_says_what_fetching_needs() -> None:
    code = (
        "import sys; sys.modules['pooch'] = None\n"
        "from click.testing import CliRunner\n"
        "from inkread.cli import main\n"
        "for words in (['data', 'list'], ['evaluate', 'bundled', '--data', 'usps-test']):\n"
        "    done = CliRunner().invoke(main, words, env={'INKREAD_DATA': ''})\n"
        "    print(done.exit_code, done.stderr)\n"
        "from inkread.data.sets import available_sets\n"
        "print(available_sets(None))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("0 \n2 inkread: fetching the data needs packages")
    assert "hint: pip install 'inkread[train]'" in done.stdout
    assert done.stdout.endswith("()\n")


def test_data_that_is_not_the_published_is_told(tmp_path: Path) -> None:
    (tmp_path / "semeion").mkdir()
    path = tmp_path / "semeion" / "semeion.data"
    path.write_text("0 1\n", encoding="utf-8")
    done = run("data", "verify", INKREAD_DATA=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"inkread: not the published file, its SHA-256 differs: {path}\nhint: fetch it once more\n"
    )
    done = run("data", "verify", "pendigits", INKREAD_DATA=str(tmp_path))
    assert (done.returncode, done.stderr) == (
        1,
        "inkread: no such file: pendigits/pendigits-orig.tra\n",
    )


def test_data_is_as_published(data: Path) -> None:
    done = run("data", "verify", "mnist", "semeion", INKREAD_DATA=str(data))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("as published") == 5


def test_data_is_fetched_into_the_cache_alone(tmp_path: Path) -> None:
    done = run("data", "fetch", "semeion", INKREAD_DATA=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        f"inkread: INKREAD_DATA is set, nothing would be fetched: {tmp_path}\n"
        "hint: unset INKREAD_DATA to fetch into the user's cache\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--preset", "huge"], "no preset of that name: huge\nhint: one of: quick, full\n"),
        (["--optimizer", "none"], "no such optimizer: none\nhint: one of: adamw, sgd\n"),
        (["--data", "nowhere"], "no such file or folder: nowhere\n"),
    ],
)
def test_training_says_what_it_cannot_do(options: list[str], message: str, tmp_path: Path) -> None:
    done = run("train", *options, "--out", str(tmp_path / "out"))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"inkread: {message}")


@pytest.mark.parametrize(
    ("share", "needed"), [("--own-share", "--data"), ("--teacher-share", "--teacher")]
)
def test_a_share_needs_that_of_which_it_is_one(share: str, needed: str) -> None:
    done = run("train", share, "0.5")
    assert done.returncode == 2
    assert f"{share} needs {needed}" in done.stderr


def test_training_on_own_pictures(tmp_path: Path) -> None:
    pictures, labels = small_digits(120)
    for row, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        folder = tmp_path / "mine" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{row}.png").write_bytes(encode(255 - picture))
    small = ["--epochs", "1", "--epoch-pictures", "500", "--architecture", "lenet"]
    done = run("train", "--data", str(tmp_path / "mine"), *small, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert f"network: {tmp_path / 'out' / 'digit.onnx'}\n" in done.stdout
    assert Reader(tmp_path / "out" / "digit.onnx").read_digit(canvas(7)).best is not None

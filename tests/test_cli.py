"""The command line, run as a person runs it: a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import click
import numpy as np
import pytest
from PIL import Image

import inkread
from inkread.cli import main
from tests.drawing import canvas, encode, sideways, written
from tests.test_picture import READ, png_header


def run(*arguments: str, given: bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "inkread", *arguments],
        input=given,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin"} | variables,
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    path = tmp_path / "seven.png"
    path.write_bytes(encode(canvas(7)))
    return path


def test_a_picture_is_read(seven: Path) -> None:
    done = run("read", str(seven))
    assert done.returncode == 0
    assert done.stdout.startswith(f"{seven}: 7 (")
    assert done.stderr == ""


def test_a_name_that_is_no_text_is_shown_as_far_as_it_is(seven: Path) -> None:
    odd = seven.with_name("sie\udcffben.png")
    odd.write_bytes(seven.read_bytes())
    gone = seven.with_name("ni\udcffchts.png")
    done = run("read", str(odd), str(gone), str(seven), PYTHONIOENCODING="utf-8")
    assert done.returncode == 1
    first, second = done.stdout.splitlines()
    assert r"sie\udcffben.png: 7 (" in first
    assert second.startswith(f"{seven}: 7 (")
    assert r"ni\udcffchts.png" in done.stderr
    told = run("read", "--json", str(odd), PYTHONIOENCODING="utf-8")
    assert json.loads(told.stdout)["picture"] == str(odd)
    smile = seven.with_name("\U0001f600.png")
    smile.write_bytes(seven.read_bytes())
    told = run("read", "--json", str(smile), PYTHONIOENCODING="latin-1", LC_ALL="C.UTF-8")
    assert json.loads(told.stdout)["picture"] == str(smile)


def test_json_has_all_figures_one_object_a_line(seven: Path) -> None:
    done = run("read", "--json", str(seven), str(seven))
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == second
    assert list(first) == ["picture", "digit", "best", "confidence", "verdict", "probabilities"]
    assert (first["picture"], first["digit"], first["verdict"]) == (str(seven), 7, "digit")


def test_a_dash_reads_standard_input(seven: Path) -> None:
    done = run("read", "-", given=seven.read_bytes())
    assert (done.returncode, done.stdout[:6]) == (0, "-: 7 (")


@pytest.mark.parametrize("options", [[], ["--page"]])
def test_a_pipe_is_read(seven: Path, options: list[str]) -> None:
    pipe = seven.with_name("pipe")
    os.mkfifo(pipe)
    filled = Thread(target=pipe.write_bytes, args=(seven.read_bytes(),))
    filled.start()
    done = run("read", *options, str(pipe))
    filled.join()
    assert (done.returncode, done.stdout[: len(str(pipe)) + 5]) == (0, f"{pipe}: 7 (")


def test_nothing_on_standard_input_is_named() -> None:
    done = run("read", "-")
    assert done.returncode == 1
    assert done.stderr == (
        f"inkread: standard input: needs a picture, got an empty file\nhint: {READ}\n"
    )


def test_standard_input_without_end_is_given_up() -> None:
    command = f"{sys.executable} -m inkread read - < /dev/zero"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "inkread: standard input: needs a file of at most 100 MB\n"


def test_a_full_disk_is_no_traceback(seven: Path) -> None:
    command = f"{sys.executable} -m inkread read {seven} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_reading_takes_at_most_130_mb(seven: Path) -> None:
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'inkread', 'read', sys.argv[1]], check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(seven)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout.splitlines()[-1]) < 130_000  # kB


def test_an_empty_canvas_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.write_bytes(encode(canvas(None)))
    done = run("read", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}: blank\n", "")


def bad_inputs() -> dict[str, bytes]:
    jpeg = encode(canvas(7), "jpeg")
    return {
        "text.png": b"not a picture\n",
        "truncated.jpg": jpeg[: len(jpeg) // 2],
        "nothing.png": b"",
        "bomb.png": png_header(30_000, 30_000),
        "large.png": png_header(9_500, 9_500),  # Pillow warns of this one before it is refused
    }


@pytest.mark.parametrize("name", bad_inputs())
def test_bad_input_is_one_clear_line_and_exit_1(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(bad_inputs()[name])
    done = run("read", str(path))
    message, *hint = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert message.startswith("inkread: ")
    assert message.endswith(f": {path}")
    assert all(line.startswith("hint: ") for line in hint)
    assert len(hint) <= 1


def test_a_folder_a_missing_file_and_one_pixel(tmp_path: Path) -> None:
    pixel, missing = tmp_path / "pixel.png", tmp_path / "missing.png"
    pixel.write_bytes(encode(np.zeros((1, 1), np.uint8)))
    done = run("read", str(tmp_path), str(missing), str(pixel))
    assert done.returncode == 1
    assert done.stdout == f"{pixel}: blank\n"
    assert done.stderr == (
        f"inkread: needs a picture, got a folder: {tmp_path}\ninkread: no such file: {missing}\n"
    )


def test_one_bad_picture_does_not_take_the_good_ones_with_it(seven: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"bad")
    done = run("read", str(seven), str(bad), str(seven))
    assert done.returncode == 1
    assert done.stdout.count(": 7 (") == 2
    assert done.stderr.count("inkread: ") == 1


def test_the_version_is_said() -> None:
    assert run("--version").stdout == f"inkread {inkread.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["read"], "Error: Missing argument 'PICTURE...'."),
        (["reed"], "Error: No such command 'reed'."),
        (["read", "--yaml", "x.png"], "Error: No such option '--yaml'."),
        (["app", "--port", "99999"], "Error: Invalid value for '--port': 99999 is not in"),
        (["train", "--preset", "huge"], "inkread: no preset of that name: huge"),
        (["read", "--threshold", "2", "x.png"], "Error: Invalid value for '--threshold': 2.0 is"),
        (["read", "--versions", "6", "x.png"], "Error: Invalid value for '--versions': 6 is not"),
        (["read", "--model", "none", "x.png"], "inkread: no model of that name: none\nhint: "),
        (["read", "--model", "a/b.onnx", "x.png"], "inkread: no such model: a/b.onnx\n"),
        (["app", "--model", "none"], "inkread: no model of that name: none\nhint: "),
        (["evaluate", "bundled"], "Error: Missing option '--data'."),
        (["evaluate", "bundled", "--data", "none"], "inkread: no such file or folder: none\n"),
        (["evaluate", "none", "--data", "none"], "inkread: no model of that name: none\nhint: "),
        (
            ["evaluate", "bundled", "--data", "cvl-odd"],
            "inkread: has to be got by hand: cvl/cvl_dev.npz\nhint: put the files into FOLDER",
        ),
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_an_unknown_setting_is_an_error(seven: Path) -> None:
    done = run("read", str(seven), INKREAD_TRESHOLD="0.5")
    assert done.returncode == 2
    assert done.stderr.startswith("inkread: unknown setting INKREAD_TRESHOLD\nhint: known: ")


def test_a_closed_pipe_is_no_traceback(seven: Path) -> None:
    command = f"{sys.executable} -m inkread read {' '.join([str(seven)] * 300)} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def commands() -> list[tuple[str, click.Command]]:
    return [("inkread", main), *main.commands.items()]


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_and_option_has_help(name: str, command: click.Command) -> None:
    assert command.help, f"{name} says nothing of itself"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} says nothing of itself"
    shown = run(*([] if name == "inkread" else [name]), "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("Usage: inkread")
    assert "\\b" not in shown.stdout  # examples keep their lines


def test_every_command_is_in_the_readme(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    for name in main.commands:
        assert f"inkread {name}" in readme


def test_reading_takes_in_neither_the_web_nor_training() -> None:
    code = (
        "import sys; sys.argv = ['inkread', '--version']\n"
        "import inkread.cli\n"
        "heavy = {'streamlit', 'torch', 'pandas', 'pyarrow', 'fastapi', 'rich', 'pooch'}\n"
        "heavy |= {'onnx', 'keras', 'h5py', 'matplotlib'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_an_extra_brings_is_named_when_it_is_missing() -> None:
    code = (
        "import sys; sys.modules['streamlit'] = None; sys.modules['torch'] = None\n"
        "from click.testing import CliRunner\n"
        "from inkread.cli import main\n"
        "for name in ('app', 'train'):\n"
        "    print(CliRunner().invoke(main, [name]).stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "the web app needs packages that are not installed" in done.stdout
    assert "hint: pip install 'inkread[app]'" in done.stdout
    assert "training needs packages that are not installed" in done.stdout
    assert "hint: pip install 'inkread[train]'" in done.stdout


def test_a_picture_of_a_phone_is_read_upright() -> None:
    assert run("read", "-", given=sideways(canvas(7), "jpeg")).stdout.startswith("-: 7 (")


def test_a_page_gives_a_line_for_each_number(tmp_path: Path) -> None:
    path = tmp_path / "form.png"
    path.write_bytes(encode(written(["12.50", "384"], (320, 480))[0]))
    done = run("read", "--page", str(path))
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{path}: 12.50 (")
    assert second.startswith(f"{path}: 384 (")
    done = run("read", "--page", "--json", "--pattern", r"\d{4}", str(path))
    (page,) = map(json.loads, done.stdout.splitlines())
    assert [line["text"] for line in page["lines"]] == ["1250", ""]
    done = run("read", "--page", "--pattern", r"\d{9}", str(path))
    assert done.stdout.splitlines() == [f"{path}: a number that does not fit"] * 2


def test_a_page_without_numbers_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.write_bytes(encode(canvas(None)))
    assert run("read", "--page", str(path)).stdout == f"{path}: no numbers\n"


@pytest.mark.parametrize("kind", ["pdf", "tiff"])
def test_the_pages_of_a_file_are_numbered(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"scan.{kind}"
    pages = [Image.fromarray(written([text], (300, 480))[0]) for text in ("27", "384")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    first, second = run("read", "--page", str(path)).stdout.splitlines()
    assert first.startswith(f"{path}, page 1: 27 (")
    assert second.startswith(f"{path}, page 2: 384 (")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("read", "--pattern", "1", "x.png"), "--pattern needs --page"),
        (("read", "--page", "--versions", "3", "x.png"), "are of single digits, not of --page"),
        (("read", "--page", "--model", "bundled", "x.png"), "are of single digits, not of --page"),
        (
            ("train", "--show", "3"),
            "--recalibrate, --only, --further, --mean are of pages",
        ),
        (("train", "pages", "--preset", "quick"), "--preset is of digits, not of pages"),
        (("train", "pages", "--data", "mine"), "--data is of digits, not of pages"),
        (("train", "letters"), "'letters' is not one of 'digits', 'pages'"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments: tuple[str, ...], message: str
) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_path_that_cannot_be_is_refused_and_the_others_are_read(seven: Path) -> None:
    long = "x" * 300
    for more in ((), ("--page",)):
        done = run("read", *more, long, str(seven))
        assert done.returncode == 1
        assert done.stderr == f"inkread: cannot open the file, File name too long: {long}\n"
        assert done.stdout.startswith(f"{seven}: 7 (")


def test_what_reads_numbers_is_told_where_one_digit_was_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "number.png"
    path.write_bytes(encode(written(["27386"], (140, 400))[0]))
    done = run("read", str(path))
    assert done.returncode == 0
    assert done.stderr == "hint: --page reads numbers of more than one digit\n"
    assert run("read", "--page", str(path)).stdout.startswith(f"{path}: 27386 (")

"""What stands beside the code: README, configuration, weights."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import inkread

FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(root: Path, language: str) -> list[str]:
    text = (root / "README.md").read_text(encoding="utf-8")
    return [content for kind, content in FENCE.findall(text) if kind == language]


def test_the_python_of_the_readme_runs(root: Path) -> None:
    code = blocks(root, "python")
    assert code
    for block in code:
        # Each line's comment says what it gives: 7 for the digit.
        checked = re.sub(
            r"^reading.digit +# 7,", "assert reading.digit == 7  #", block, flags=re.MULTILINE
        )
        assert checked != block
        subprocess.run([sys.executable, "-W", "error", "-c", checked], cwd=root, check=True)


def test_the_readmes_reading_commands_give_what_it_says(root: Path) -> None:
    lines = [line for block in blocks(root, "console") for line in block.splitlines()]
    commands = [line[2:] for line in lines if line.startswith("$ inkread read")]
    assert commands
    for command in commands:
        script = command.replace("inkread ", f"{sys.executable} -m inkread ")
        done = subprocess.run(script.split(), cwd=root, capture_output=True, text=True, check=True)
        answer = lines[lines.index(f"$ {command}") + 1]
        said = re.sub(r"(: 0\.\d\d).*", r"\1", answer)  # of the confidence its first digits
        assert done.stdout.startswith(said)


def test_the_readmes_answer_of_the_api_is_that_of_the_commands(root: Path) -> None:
    text = "".join(blocks(root, "console"))
    assert len(told := re.findall(r'"confidence": ?(0\.\d+)', text)) == 2
    assert len(set(told)) == 1


def test_the_readme_is_short_and_its_links_lead_somewhere(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    links = re.findall(r"\]\(([^)#]+)", text)
    for link in links:
        if "://" not in link:
            assert (root / link).exists(), link


def test_both_ways_to_start_have_the_same_configuration(root: Path) -> None:
    package = Path(inkread.__file__).parent / "web" / ".streamlit" / "config.toml"
    assert (root / ".streamlit" / "config.toml").read_text() == package.read_text()


def test_the_bundled_weights_are_those_of_the_card() -> None:
    weights = Path(inkread.__file__).parent / "weights"
    card = json.loads((weights / "digit.json").read_text(encoding="utf-8"))
    assert hashlib.sha256((weights / "digit.onnx").read_bytes()).hexdigest() == card["sha256"]
    for commit in (card["commit"], card["exported_at"]):
        assert re.fullmatch(r"[0-9a-f]{12}", commit)  # known, and without uncommitted changes


@pytest.mark.parametrize("name", ["app.txt", "test.txt"])
def test_requirements_are_hashed_and_name_no_package_index(root: Path, name: str) -> None:
    text = (root / "requirements" / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
    assert len(pinned) > 30
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pinned)
    assert not re.search(r"^(torch|nvidia)", text, re.MULTILINE)

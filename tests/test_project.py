"""What stands beside the code: README, configuration, weights."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import inkread
from tests.drawing import canvas, encode

FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(root: Path, language: str) -> list[str]:
    text = (root / "README.md").read_text(encoding="utf-8")
    return [content for kind, content in FENCE.findall(text) if kind == language]


def test_the_python_of_the_readme_runs(root: Path, tmp_path: Path) -> None:
    (tmp_path / "seven.png").write_bytes(encode(canvas(7)))
    (tmp_path / "three.jpg").write_bytes(encode(canvas(3), "jpeg"))
    code = blocks(root, "python")
    assert code
    for block in code:
        subprocess.run([sys.executable, "-W", "error", "-c", block], cwd=tmp_path, check=True)


def test_the_readmes_reading_commands_run(root: Path, tmp_path: Path) -> None:
    (tmp_path / "seven.png").write_bytes(encode(canvas(7)))
    lines = [line for block in blocks(root, "console") for line in block.splitlines()]
    commands = [line[2:] for line in lines if line.startswith("$ inkread read")]
    assert commands
    for command in commands:
        script = command.replace("inkread ", f"{sys.executable} -m inkread ")
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        answer = lines[lines.index(f"$ {command}") + 1]
        assert done.stdout.startswith(answer[: answer.index("7") + 1])


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
    assert card["commit"] != "unknown"
    assert not card["commit"].endswith("+")


@pytest.mark.parametrize("name", ["app.txt", "test.txt"])
def test_requirements_are_hashed_and_name_no_package_index(root: Path, name: str) -> None:
    text = (root / "requirements" / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
    assert len(pinned) > 30
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pinned)
    assert not re.search(r"^(torch|nvidia)", text, re.MULTILINE)

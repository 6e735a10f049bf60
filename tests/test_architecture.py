"""The import rule and the public names."""

import ast
import inspect
import tomllib
from pathlib import Path

import pytest

import inkread
from inkread import errors
from inkread.errors import InkreadError

SOURCE = Path(inkread.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))

# Imports point inwards: a part may import from parts of lower rank, and from its own.
RANK = {
    "errors": 0,
    "flatten": 0,
    "settings": 1,
    "picture": 1,
    "ink": 1,
    "engine": 2,
    "maps": 2,
    "readings": 2,
    "paper": 2,
    "data": 2,
    "documents": 2,
    "alone": 3,
    "faint": 3,
    "fit": 3,
    "lines": 3,
    "marks": 3,
    "rules": 3,
    "strips": 3,
    "glance": 4,
    "whole": 4,
    "around": 5,
    "locate": 5,
    "naming": 6,
    "page": 7,
    "reader": 8,
    "__init__": 9,
    "evaluation": 9,
    "models": 10,
    "figures": 10,
    "training": 11,
    "cli": 12,
    "web": 12,
    "__main__": 13,
}
# Packages that only these parts may know.
HOME = {
    "torch": {"training", "models"},
    "onnx": {"training", "models"},
    "keras": {"models"},
    "h5py": {"models"},
    "matplotlib": {"figures", "training"},  # which takes the letters of its fonts
    "pooch": {"data"},
    "unlzw3": {"data"},
    "rich": {"training"},
    "streamlit": {"web"},
    "fastapi": {"web"},
    "uvicorn": {"web"},
    "pandas": {"web"},
    "onnxruntime": {"engine", "training"},  # which quantises
    "PIL": {"picture"},
    "pillow_heif": {"picture"},
    "pypdfium2": {"documents"},
    "regex": {"fit"},
}
# `inkread app` and `inkread train` open their doors when they are called.
DOORS_OPENED = {("cli", "web"), ("cli", "training")}


def part_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names += [node.module or ""]
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_inwards(path: Path) -> None:
    part = part_of(path)
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "inkread" and rest:
            other = rest.partition(".")[0]
            other = other if other in RANK else "__init__"
            allowed = other == part or RANK[other] < RANK[part] or (part, other) in DOORS_OPENED
            assert allowed, f"{part} imports {name}"
        if top in HOME:
            assert part in HOME[top], f"{part} imports {name}, which only {HOME[top]} may"


def test_the_public_names_are_these() -> None:
    assert inkread.__all__ == [
        "BlankPicture",
        "Box",
        "DataError",
        "DigitReading",
        "InkreadError",
        "LineReading",
        "MissingExtra",
        "ModelError",
        "PageReading",
        "Picture",
        "PictureError",
        "PictureTooLarge",
        "Reader",
        "Separator",
        "ServeError",
        "SettingsError",
        "UnreadablePicture",
        "Verdict",
        "__version__",
    ]
    assert all(hasattr(inkread, name) for name in inkread.__all__)


def test_the_error_tree_is_drawn_whole() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    for kind in kinds:
        assert issubclass(kind, InkreadError)
        assert kind.__name__ in (errors.__doc__ or "").split()


def test_the_version_stands_in_two_places_alike(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == inkread.__version__


def test_the_core_installs_light(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    core = {name.partition(">")[0] for name in project["project"]["dependencies"]}
    assert core == {
        "click",
        "numpy",
        "onnxruntime",
        "opencv-python-headless",
        "pillow",
        "regex",
    }

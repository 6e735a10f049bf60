import json
from pathlib import Path

import pytest

from inkread import ModelError
from inkread.models import collection
from inkread.models.collection import ImportedModel


def keep(name: str, folder: Path, network: bytes = b"network") -> ImportedModel:
    known = ImportedModel(
        name, "a.onnx", 1000, "0..1", "logits", "99 %", len(network), "0" * 64, "2026-11-20", {}
    )
    collection.keep(network, known, folder)
    return known


def test_what_is_kept_is_found_listed_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "kept"
    assert collection.names(folder) == []
    second, first = keep("second", folder), keep("first", folder)
    assert collection.names(folder) == ["first", "second"]
    assert collection.find("first", folder) == folder / "first.onnx"
    assert (collection.card("first", folder), collection.card("second", folder)) == (first, second)
    collection.remove("first", folder)
    assert collection.names(folder) == ["second"]
    assert sorted(path.name for path in folder.iterdir()) == ["second.json", "second.onnx"]


def test_bundled_and_paths_are_found_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"network")
    assert collection.find(None, tmp_path) is None
    assert collection.find("bundled", tmp_path) is None
    assert collection.find(str(path), tmp_path / "kept") == path
    assert collection.size_bytes(path) == 7
    assert collection.size_bytes(None) > 100_000


@pytest.mark.parametrize(
    ("model", "message", "hint"),
    [
        ("mine", "no model of that name: mine", "inkread models list shows them"),
        ("mine.onnx", "no such model: mine.onnx", None),
        ("../kept/mine", "no such model: ../kept/mine", None),
    ],
)
def test_what_is_not_there_is_named(
    tmp_path: Path, model: str, message: str, hint: str | None
) -> None:
    with pytest.raises(ModelError) as caught:
        collection.find(model, tmp_path)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_what_cannot_be_removed_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        collection.remove("mine", tmp_path)
    assert (caught.value.message, caught.value.hint) == (
        "no model of that name: mine",
        "no model is imported yet",
    )
    keep("ours", tmp_path)
    (tmp_path.parent / "outside.onnx").write_bytes(b"not ours")
    with pytest.raises(ModelError) as caught:
        collection.remove("../outside", tmp_path)
    assert caught.value.hint == "imported: ours"
    assert (tmp_path.parent / "outside.onnx").exists()


NO_COUNT = {
    "name": "mine", "source": "a.onnx", "parameters": None, "pixels": "0..1", "output": "logits",
    "checked_on": "100", "size_bytes": 1, "sha256": "", "imported": "",
}  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", '{"name": "mine"}', json.dumps(NO_COUNT)])
def test_a_damaged_card_is_named(tmp_path: Path, text: str) -> None:
    keep("mine", tmp_path)
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        collection.card("mine", tmp_path)
    assert (caught.value.message, caught.value.hint) == (
        f"the model's card is damaged: {path}",
        "import the model once more with --force",
    )


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    folder = tmp_path / "file" / "kept"
    with pytest.raises(ModelError) as caught:
        keep("mine", folder)
    assert caught.value.message == (
        f"cannot write the model, Not a directory: {folder / 'mine.onnx'}"
    )

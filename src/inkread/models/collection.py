"""The imported models: a folder with an ONNX file and a card for each name."""

import json
import re
from dataclasses import asdict, dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from inkread.errors import ModelError

BUNDLED = "bundled"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class ImportedModel:
    """What is known of an imported model; its card.

    Attributes:
        name: that it is called by.
        source: name of the file that it was imported from.
        parameters: numbers in it.
        pixels: the scale of those that it takes.
        output: what it gives: `logits` or `probabilities`.
        checked_on: the digits that decided both, and how many of them it reads right.
        size_bytes: of the ONNX file.
        sha256: of the ONNX file.
        imported: when, UTC.
        figures: what it scores, by set.
    """

    name: str
    source: str
    parameters: int
    pixels: str
    output: str
    checked_on: str
    size_bytes: int
    sha256: str
    imported: str
    figures: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the card, ready for JSON."""
        return asdict(self)


def checked_name(name: str) -> str:
    """Return a name that a model may have.

    Raises:
        ModelError: it has other characters, or is taken by the bundled model.
    """
    if not NAME.fullmatch(name):
        raise ModelError(
            f"needs a name of letters, digits, dashes and underscores, got: {name or 'nothing'}"
        )
    if name == BUNDLED:
        raise ModelError(f"the name {BUNDLED} is that of the model that comes with inkread")
    return name


def find(model: str | None, folder: Path) -> Path | None:
    """Return the file of a model.

    Args:
        model: an imported model's name, the path of an ONNX file, or `bundled`.
        folder: that imported models are kept in.

    Returns:
        None for the bundled one, as `Reader` takes it.

    Raises:
        ModelError: there is no such model.
    """
    if model is None or model == BUNDLED:
        return None
    kept = folder / f"{model}.onnx"
    if NAME.fullmatch(model) and kept.is_file():
        return kept
    if Path(model).is_file():
        return Path(model)
    if NAME.fullmatch(model):
        raise ModelError(f"no model of that name: {model}", hint="inkread models list shows them")
    raise ModelError(f"no such model: {model}")


def size_bytes(path: Path | None) -> int:
    """Return the size of a model's file; None is the bundled one."""
    if path is not None:
        return path.stat().st_size
    with as_file(files("inkread") / "weights" / "digit.onnx") as bundled:
        return bundled.stat().st_size


def names(folder: Path) -> list[str]:
    """Return the names of the imported models."""
    return sorted(path.stem for path in folder.glob("*.onnx") if NAME.fullmatch(path.stem))


def card(name: str, folder: Path) -> ImportedModel:
    """Return what is known of an imported model.

    Raises:
        ModelError: there is no such model, or its card is damaged.
    """
    path = folder / f"{name}.json"
    try:
        return _read(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"no model of that name: {name}") from None
    except (OSError, ValueError, TypeError):
        raise ModelError(
            f"the model's card is damaged: {path}", hint="import the model once more with --force"
        ) from None


def _read(text: str) -> ImportedModel:
    """Read a card.

    Raises:
        ValueError, TypeError: it is none.
    """
    known = ImportedModel(**json.loads(text))
    for name, kind in get_type_hints(ImportedModel).items():
        if not isinstance(getattr(known, name), get_origin(kind) or kind):
            raise TypeError(name)
    return known


def bundled_card() -> dict[str, Any]:
    """Return the card of the bundled model, as training wrote it."""
    text = (files("inkread") / "weights" / "digit.json").read_text(encoding="utf-8")
    known: dict[str, Any] = json.loads(text)
    return known


def keep(network: bytes, known: ImportedModel, folder: Path) -> Path:
    """Put a model among the imported ones, in the place of one of the same name.

    Args:
        network: the ONNX file's bytes.
        known: its card.
        folder: made where missing.

    Returns:
        The ONNX file.

    Raises:
        ModelError: the folder cannot be written to.
    """
    path = folder / f"{known.name}.onnx"
    text = json.dumps(known.as_dict(), indent=2) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kept, content in ((path.with_suffix(".json"), text.encode()), (path, network)):
            part = kept.with_name(kept.name + ".part")
            part.write_bytes(content)
            part.replace(kept)  # a reader of the old one never sees half of the new one
    except OSError as error:
        raise ModelError(f"cannot write the model, {error.strerror}: {path}") from None
    return path


def remove(name: str, folder: Path) -> None:
    """Delete an imported model.

    Raises:
        ModelError: there is none of that name, or it cannot be deleted.
    """
    if name not in names(folder):
        known = ", ".join(names(folder))
        hint = f"imported: {known}" if known else "no model is imported yet"
        raise ModelError(f"no model of that name: {name}", hint=hint)
    try:
        for suffix in (".onnx", ".json"):
            (folder / name).with_suffix(suffix).unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"cannot remove the model, {error.strerror}: {name}") from None

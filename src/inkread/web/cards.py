"""What is known of the models, for the API and the page."""

from typing import Any

from inkread.errors import ModelError
from inkread.models import collection
from inkread.web.answers import ModelAnswer
from inkread.web.readers import Readers


def model_answer(name: str, readers: Readers) -> ModelAnswer:
    """Return what is known of a model: that it has no card, at least.

    Raises:
        RequestError: there is no such model.
        ModelError: its file is gone.
    """
    path = readers.path(name)
    known = _bundled() if path is None else _imported(name, readers)
    return ModelAnswer(
        name=name,
        is_default=name == readers.default,
        size_bytes=collection.size_bytes(path),
        **known,
    )


def _bundled() -> dict[str, Any]:
    card = collection.bundled_card()
    figures = {each["name"]: _counts(each) for each in card["evaluations"]}
    return {key: card[key] for key in ("parameters", "sha256", "made")} | {"figures": figures}


def _imported(name: str, readers: Readers) -> dict[str, Any]:
    try:
        card = collection.card(name, readers.folder)
    except ModelError:
        return {"parameters": None, "sha256": None, "made": None, "figures": {}}
    figures = {set_: _counts(each) for set_, each in card.figures.items()}
    return {"parameters": card.parameters, "sha256": card.sha256, "made": card.imported} | {
        "figures": figures
    }


def _counts(evaluation: dict[str, Any]) -> dict[str, float]:
    """Return the numbers of an evaluation, without its tables."""
    parts = {**(evaluation.get("digits") or {}), **(evaluation.get("others") or {})}
    return {name: each for name, each in parts.items() if isinstance(each, int | float)}

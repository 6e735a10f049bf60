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
    card = known_card(name, readers)
    return ModelAnswer(
        name=name,
        is_default=name == readers.default,
        size_bytes=collection.size_bytes(readers.path(name)),
        parameters=card.get("parameters"),
        sha256=card.get("sha256"),
        made=card.get("made"),
        figures={each["name"]: _counts(each) for each in card.get("evaluations", [])},
    )


def known_card(name: str, readers: Readers) -> dict[str, Any]:
    """Return a model's card, as training or importing wrote it: the same names in both.

    Raises:
        RequestError: there is no such model.
        ModelError: its file is gone.
    """
    if readers.path(name) is None:
        return collection.bundled_card()
    try:
        card = collection.card(name, readers.folder)
    except ModelError:
        return {}  # a file of one's own, which was not imported
    evaluations = [{"name": set_, "worst": []} | each for set_, each in card.figures.items()]
    return card.as_dict() | {"made": card.imported, "evaluations": evaluations}


def _counts(evaluation: dict[str, Any]) -> dict[str, float]:
    """Return the numbers of an evaluation, without its tables."""
    parts = {**(evaluation.get("digits") or {}), **(evaluation.get("others") or {})}
    return {name: each for name, each in parts.items() if isinstance(each, int | float)}

"""Reads a few digits with a model, in a process of its own: `python -m inkread.models.trial`."""

from pathlib import Path

import numpy as np

from inkread.engine import Engine
from inkread.errors import ModelError
from inkread.models.apart import answer
from inkread.models.contract import first_line
from inkread.models.digits import drawn_digits

PICTURES = 8
ROUNDING = 1e-3


def main(path: str, about: str) -> None:
    """Check that a model runs, and reads each picture whatever else is in its batch.

    Args:
        path: an ONNX file of the engine's shapes.
        about: the name of the file that it came from, for messages.

    Raises:
        ModelError: it does not.
    """
    inks = drawn_digits().inks[:PICTURES]
    try:
        engine = Engine(Path(path))
        alone = np.concatenate([engine.logits(ink[None]) for ink in inks])
    except Exception as error:  # noqa: BLE001  # onnxruntime has a class for every kind of failure
        if isinstance(error, ModelError) and not error.__cause__:
            raise _not_by_itself(about) from None  # it has shapes of its own after all
        reason = first_line(error.__cause__ or error)
        raise ModelError(f"the model does not run, {reason}: {about}") from None
    try:
        together = engine.logits(inks)
    except Exception:  # noqa: BLE001  # as above
        raise _not_by_itself(about) from None
    if together.shape != alone.shape or not np.allclose(together, alone, ROUNDING, ROUNDING):
        raise _not_by_itself(about)


def _not_by_itself(about: str) -> ModelError:
    return ModelError(
        f"needs a model that reads each of many pictures by itself, got another: {about}",
        hint="export it with a batch of any size",
    )


if __name__ == "__main__":
    answer(main)

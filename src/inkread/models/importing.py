"""A file of another maker → an imported model: converted, tried, adapted, measured, kept."""

import hashlib
import tempfile
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inkread.data.sets import available_sets, named_set
from inkread.engine import Engine, softmax
from inkread.errors import MissingExtra, ModelError
from inkread.evaluation import evaluate
from inkread.models import collection
from inkread.models.apart import run_apart
from inkread.models.collection import ImportedModel
from inkread.models.digits import KnownDigits, known_digits
from inkread.reader import Reader
from inkread.readings import percent
from inkread.settings import Settings

if TYPE_CHECKING:
    from inkread.models.contract import Scale

MOST_BYTES = 200_000_000
LEAST_RIGHT = 0.5  # of the known digits: a model that reads fewer reads no digits
ABOUT_AS_RIGHT = 0.02
CLOSE_CALL = 0.05
# What an import is measured on: the other sets are for figures that are published.
MEASURED_ON = ("usps-train", "cvl-even", "omniglot-held-out")
# How Keras's files begin.
KERAS = {b"\x89HDF\r\n\x1a\n": ".h5", b"PK\x03\x04": ".keras"}
SAVE_AS = "save it as ONNX, or with Keras: model.save('model.keras')"


@dataclass(frozen=True)
class Choice:
    """What a model takes and gives, as the known digits show it.

    Attributes:
        scale: of the pixels that it takes.
        probabilities: whether it gives these instead of logits.
        accuracy: on the known digits, 0–1.
        likelihood: of the known digits, mean logarithm.
    """

    scale: "Scale"
    probabilities: bool
    accuracy: float
    likelihood: float


def import_model(
    source: Path, name: str, settings: Settings, *, replace: bool = False, pixels: str | None = None
) -> ImportedModel:
    """Import a model and keep it by name.

    Args:
        source: an ONNX file, or a Keras model, .keras or .h5.
        name: that it is called by from then on: letters, digits, dashes and underscores.
        settings: say where models are kept, and where there is data to measure them on.
        replace: an imported model of the same name.
        pixels: the name of their scale, of `contract.SCALES`; found out when None.

    Returns:
        Its card.

    Raises:
        ModelError: the file is damaged, brings code of its own, has other inputs or outputs, or
            reads no digits; or the name is taken.
        MissingExtra: the extra `models`, or for Keras `keras`, is not installed.
    """
    collection.checked_name(name)
    if name in collection.names(settings.models) and not replace:
        raise ModelError(
            f"a model of that name is imported already: {name}",
            hint="--force replaces it; inkread models list shows all",
        )
    content = _content(source)
    if find_spec("onnx") is None:
        raise MissingExtra("importing models", "models")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        network = _as_onnx(content, work, source)
        known = _adapt(network, source, settings.data, work / "model.onnx", pixels)
        known = replace_fields(known, name=name)
        collection.keep((work / "model.onnx").read_bytes(), known, settings.models)
    return known


def _content(source: Path) -> bytes:
    try:
        if source.is_dir():
            raise ModelError(f"needs a model file, got a folder: {source}", hint=SAVE_AS)
        with source.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ModelError(f"no such file: {source}") from None
    except OSError as error:
        raise ModelError(f"cannot open the file, {error.strerror}: {source}") from None
    if len(content) > MOST_BYTES:
        raise ModelError(f"needs a model of at most {MOST_BYTES // 1_000_000} MB: {source}")
    if other := _other_kind(content):
        raise ModelError(f"needs an ONNX or Keras model, got {other}: {source}", hint=SAVE_AS)
    return content


def _other_kind(content: bytes) -> str | None:
    """Name what a file is that no model is imported from."""
    if not content:
        return "an empty file"
    if content[4:8] == b"TFL3":
        return "a TensorFlow Lite model"
    if content.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return "a pickle, which runs code when it is opened"
    if content.startswith(b"PK") and b"data.pkl" in content[:4096]:
        return "a PyTorch file, which runs code when it is opened"
    return None


def _as_onnx(content: bytes, work: Path, source: Path) -> bytes:
    kind = next((kind for start, kind in KERAS.items() if content.startswith(start)), None)
    if kind is None:
        return content
    if any(find_spec(package) is None for package in ("keras", "torch", "onnxscript")):
        raise MissingExtra("importing Keras models", "keras")
    given, out = work / f"given{kind}", work / "converted.onnx"
    given.write_bytes(content)  # a copy, so that what was checked is what is loaded
    run_apart("inkread.models.keras_files", [str(given), str(out), str(source)], str(source))
    return out.read_bytes()


def _adapt(
    network: bytes, source: Path, data: Path | None, out: Path, pixels: str | None
) -> ImportedModel:
    """Write the adapted model, and return its card without a name."""
    import onnx

    from inkread.models import contract

    about = str(source)
    model = contract.parsed(network, about)
    onnx.save_model(contract.adapted(model, about), out)
    run_apart("inkread.models.trial", [str(out), about], about)
    digits = known_digits(data)
    choice = chosen(Engine(out), digits, about, pixels)
    onnx.save_model(
        contract.adapted(model, about, choice.scale, probabilities=choice.probabilities), out
    )
    return ImportedModel(
        name="",
        source=source.name,
        parameters=contract.parameters(model),
        pixels=choice.scale.name,
        output="probabilities" if choice.probabilities else "logits",
        checked_on=f"{percent(choice.accuracy)} of {len(digits.labels):,} digits {digits.about}",
        size_bytes=out.stat().st_size,
        sha256=hashlib.sha256(out.read_bytes()).hexdigest(),
        imported=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        figures=measured(out, data),
    )


def chosen(engine: Engine, digits: KnownDigits, about: str, pixels: str | None = None) -> Choice:
    """Find the scale of pixels under which a model reads the known digits best.

    Args:
        engine: with the model, which takes the pixels as they come.
        digits: that it reads.
        about: the model's file, for messages.
        pixels: the name of their scale where it is known.

    Raises:
        ModelError: it reads too few under any.
    """
    from inkread.models.contract import SCALES, USUAL

    scales = SCALES.values() if pixels is None else [SCALES[pixels]]
    found = [each for scale in scales if (each := _under(scale, engine, digits))]
    best = max((each.accuracy for each in found), default=0.0)
    if best < LEAST_RIGHT:
        raise ModelError(
            f"needs a model that reads digits, got one that reads {percent(best)} "
            f"of {len(digits.labels):,} right, however their pixels are scaled: {about}"
        )
    # Fonts are unlike what models learn from: by their digits, close calls go to the usual scale.
    usual = [each for each in found if each.scale == USUAL and each.accuracy >= best - CLOSE_CALL]
    if digits.drawn and usual:
        return usual[0]
    # Some networks hardly mind the scale, but it changes how sure they are.
    equals = [each for each in found if each.accuracy >= best - ABOUT_AS_RIGHT]
    return max(equals, key=lambda each: each.likelihood)


def _under(scale: "Scale", engine: Engine, digits: KnownDigits) -> Choice | None:
    """Read the known digits with their pixels of a scale; None where nothing sensible comes."""
    scores = engine.logits((scale.factor * digits.inks + scale.offset).astype(np.float32))
    if not np.isfinite(scores).all():
        return None
    probabilities = bool(scores.min() >= 0 and scores.max() <= 1 + 1e-5)
    logits = np.log(np.maximum(scores, 1e-30)) if probabilities else scores
    right = softmax(logits)[np.arange(len(digits.labels)), digits.labels]
    return Choice(
        scale,
        probabilities,
        accuracy=float((logits[:, :10].argmax(axis=1) == digits.labels).mean()),
        likelihood=float(np.log(np.maximum(right, 1e-7)).mean()),
    )


def measured(path: Path, data: Path | None) -> dict[str, Any]:
    """Evaluate a model on the sets at hand that choices may be made on."""
    reader = Reader(path)
    return {
        name: evaluate(reader, named_set(name, data)).as_dict()
        for name in available_sets(data)
        if name in MEASURED_ON
    }

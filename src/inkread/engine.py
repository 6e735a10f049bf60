"""Ink → probabilities, pages → maps. The only file that runs onnxruntime."""

import json
import os
from contextlib import nullcontext
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from threading import Lock, RLock
from typing import Any

# onnxruntime 1.31 calls home unless this is set before it is imported; its own
# disable_telemetry_events() goes on sending what it calls essential.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from inkread.errors import ModelError
from inkread.ink import CANVAS_PX, Ink

BATCH = 256  # pictures a run: more is no faster and only takes memory
_LARGE_PX = 100_000  # pages larger than this are looked at one at a time: each takes much memory
_CLOSE = 3  # planes of a close look at a sign
_FEW = 8  # signs at once: onnxruntime keeps the memory that the largest batch took


class Engine:
    """A digit network, loaded once and used from any number of threads.

    The network maps ink, float32 of shape (batch, 1, 28, 28), 0–1, to logits of shape (batch, 11):
    of the digits 0 to 9, and of what is no digit. One without the eleventh takes all for digits.
    """

    def __init__(
        self,
        model: Path | None = None,
        *,
        threads: int = 1,
        bundled: str = "digit.onnx",
        planes: int = 1,
    ) -> None:
        """Load a network.

        Args:
            model: an ONNX file; a bundled network when None.
            threads: of one run; a single digit is fastest on one.
            bundled: which one.
            planes: of its input: more than one where it sees more than the ink of a digit.

        Raises:
            ModelError: the file is missing, is no ONNX model, or has other inputs or outputs.
        """
        if model is None:
            self._session = _bundled(bundled, threads)
        else:
            self._session = _session(model, threads)
            _check_shapes(self._session, model, planes)
        self._planes = planes
        self._input = self._session.get_inputs()[0].name

    def probabilities(self, inks: Ink, batch: int = BATCH) -> NDArray[np.float32]:
        """Return the probability of each digit, and of no digit, for each ink.

        Args:
            inks: shape (count, 28, 28), float32, 0–1.
            batch: how many are shown to the network at once, at most.

        Returns:
            Shape (count, 11), float32; every row sums to 1.

        Raises:
            ModelError: the network gives values that are no numbers.
        """
        logits = self.logits(inks, batch)
        probabilities = np.zeros((len(inks), 11), np.float32)
        probabilities[:, : logits.shape[1]] = softmax(logits)
        if np.isnan(probabilities).any():
            raise ModelError("the model answers with values that are no numbers")
        return probabilities

    def logits(self, inks: Ink, batch: int = BATCH) -> NDArray[np.float32]:
        """Return what the network itself gives for each ink.

        Args:
            inks: shape (count, 28, 28), or (count, planes, 28, 28), float32.
            batch: as `probabilities` takes it.

        Returns:
            Shape (count, 10 or 11), float32.
        """
        inks = inks.reshape(len(inks), self._planes, CANVAS_PX, CANVAS_PX)
        rows = [
            self._session.run(None, {self._input: inks[start : start + batch]})[0]
            for start in range(0, len(inks), batch)
        ]
        return np.concatenate(rows) if rows else np.zeros((0, 11), np.float32)


class PageEngine:
    """The networks that read pages, loaded once and used from any number of threads.

    The page network maps a normalised page, float32 of shape (1, 1, height, width), 0–1, to maps
    of shape (1, 19, height / 4, width / 2); the second looks closely at the signs found, and is
    like a digit network but for its input, float32 of shape (batch, 3, 28, 28). The third reads a
    number as a whole: it maps a strip, float32 of shape (1, 1, 48, width), 0–1, to logits of
    shape (1, width / 2, 11).

    Attributes:
        calibration: what its answers were calibrated to, by name.
    """

    def __init__(self, folder: Path | None = None, *, threads: int = 2) -> None:
        """Load the networks.

        Args:
            folder: holds `page.onnx`, `sign.onnx` and `line.onnx`; the bundled ones when None.
            threads: of one run.

        Raises:
            ModelError: a file is missing or no ONNX model, or the sign network has other inputs
                or outputs.
        """
        if folder is None:
            self._page = _bundled("page.onnx", threads)
            self._signs = Engine(threads=threads, bundled="sign.onnx", planes=_CLOSE)
            self._line = _bundled("line.onnx", threads)
        else:
            self._page = _session(folder / "page.onnx", threads)
            self._signs = Engine(folder / "sign.onnx", threads=threads, planes=_CLOSE)
            self._line = _session(folder / "line.onnx", threads)
        self._digits = digit_engine(threads)
        self._input = self._page.get_inputs()[0].name
        self._large = Lock()
        metadata = self._page.get_modelmeta().custom_metadata_map
        self.calibration: dict[str, Any] = json.loads(metadata.get("calibration", "{}"))

    def maps(self, page: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the maps of a normalised page whose sides are multiples of 8."""
        shares = np.divide(page[None, None], 255, dtype=np.float32)
        with self._large if page.size > _LARGE_PX else nullcontext():
            maps: NDArray[np.float32] = self._page.run(None, {self._input: shares})[0][0]
        return maps

    def signs(self, looks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities of each digit, and of none, in what `close_looks` returns."""
        return self._signs.probabilities(looks)

    def digits(self, inks: Ink) -> NDArray[np.float32]:
        """Return the probabilities of each digit, and of none, in what `alone` returns."""
        return self._digits.probabilities(inks, _FEW)

    def steps(self, strip: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probabilities of each digit, and of none, along what `strip` returns."""
        shares = np.divide(strip[None, None], 255, dtype=np.float32)
        return softmax(self._line.run(None, {"strip": shares})[0][0])


def digit_engine(threads: int) -> Engine:
    """Return the bundled network that reads single digits, loaded once."""
    with _LOADING:
        return _digit_engine(threads)


def page_engine(threads: int) -> PageEngine:
    """Return the bundled networks that read pages, loaded once, when they are first needed."""
    with _LOADING:
        return _page_engine(threads)


_LOADING = RLock()  # requests that come first come together; the page's networks load the digits'


@cache
def _digit_engine(threads: int) -> Engine:
    return Engine(threads=threads)


@cache
def _page_engine(threads: int) -> PageEngine:
    return PageEngine(threads=threads)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn logits into probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _bundled(name: str, threads: int) -> onnxruntime.InferenceSession:
    with as_file(files("inkread") / "weights" / name) as path:
        return _session(path, threads)


def _session(model: Path, threads: int) -> onnxruntime.InferenceSession:
    if not model.is_file():
        raise ModelError(f"no such model: {model}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises a class of its own for every kind of failure
        raise ModelError(f"needs an ONNX model, got something else: {model}") from error
    return session


def _check_shapes(session: onnxruntime.InferenceSession, model: Path, planes: int) -> None:
    ins, outs = (
        [_described(each.type, each.shape) for each in ends]
        for ends in (session.get_inputs(), session.get_outputs())
    )
    known = (["float(batch, 11)"], ["float(batch, 10)"])
    if ins != [f"float(batch, {planes}, {CANVAS_PX}, {CANVAS_PX})"] or outs not in known:
        raise ModelError(
            f"needs a model from float(batch, {planes}, 28, 28) to float(batch, 11) or "
            f"float(batch, 10), got {' and '.join(ins)} to {' and '.join(outs)}: {model}"
        )


def _described(kind: str, shape: list[int | str]) -> str:
    """Write a tensor's type and shape; a first axis of any length is `batch`."""
    first = ["batch"] if shape and not isinstance(shape[0], int) else shape[:1]
    axes = ", ".join(str(axis) for axis in (*first, *shape[1:]))
    return f"{kind.removeprefix('tensor(').removesuffix(')')}({axes})"

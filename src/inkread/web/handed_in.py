"""The pictures that a visitor hands in, read; kept for that visitor while they are on the page."""

import base64
import csv
import hashlib
import io
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from inkread.errors import InkreadError
from inkread.picture import encode_jpeg, load_rgb
from inkread.readings import DigitReading
from inkread.web.sidebar import How

THUMBNAIL_PX = 96
COLUMNS = ("name", "digit", "best", "confidence", "verdict", "problem")


@dataclass(frozen=True)
class Handed:
    """A picture that was handed in.

    Attributes:
        name: of its file.
        content: its bytes.
    """

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """Tells it from the others."""
        return hashlib.sha256(self.content).hexdigest()[:16]


@dataclass(frozen=True)
class Result:
    """What was read in a picture, or why nothing was."""

    handed: Handed
    reading: DigitReading | InkreadError

    @property
    def confidence(self) -> float:
        """Of the reading, 0–1; 0 where nothing could be read."""
        return 0.0 if isinstance(self.reading, InkreadError) else self.reading.confidence

    def in_words(self) -> str:
        """Say in a few words what was read, or what is wrong."""
        if isinstance(self.reading, InkreadError):
            return self.reading.message
        return self.reading.in_words()

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        if isinstance(self.reading, InkreadError):
            return {"name": self.handed.name, "problem": self.reading.message}
        return {"name": self.handed.name} | self.reading.as_dict()


def read(pictures: list[Handed], how: How) -> list[Result]:
    """Read pictures; those that were read so at the visitor's last step are not read again.

    Raises:
        InkreadError: the model cannot be used.
    """
    known: dict[Any, DigitReading | InkreadError] = st.session_state.get("readings", {})
    new = [each for each in pictures if (each.digest, how) not in known]
    found = how.reader().read_digits([each.content for each in new], return_errors=True)
    known = known | {(each.digest, how): one for each, one in zip(new, found, strict=True)}
    here = {(each.digest, how) for each in pictures}
    st.session_state.readings = {key: one for key, one in known.items() if key in here}
    return [Result(each, known[each.digest, how]) for each in pictures]


def by_doubt(results: list[Result]) -> list[Result]:
    """Sort the most doubtful first."""
    return sorted(results, key=lambda each: each.confidence)


def thumbnail(picture: bytes, *, longest_side_px: int = THUMBNAIL_PX) -> str | None:
    """Return a small copy of a picture as a data URL; None where it cannot be read."""
    try:
        packed = encode_jpeg(load_rgb(picture, longest_side_px=longest_side_px))
    except InkreadError:
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(packed).decode()}"


def as_csv(results: list[Result]) -> str:
    """Return the readings as a table: a line each, after one with the names of the columns."""
    lines = io.StringIO()
    table = csv.DictWriter(lines, COLUMNS, extrasaction="ignore")
    table.writeheader()
    table.writerows(each.as_dict() for each in results)
    return lines.getvalue()


def as_json(results: list[Result]) -> str:
    """Return the readings as JSON, all ten probabilities of each."""
    return json.dumps([each.as_dict() for each in results], indent=2, ensure_ascii=False) + "\n"

"""What the API answers with, as its OpenAPI document describes it."""

import base64
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from inkread.ink import CANVAS_PX, Ink
from inkread.picture import encode_png
from inkread.readings import DigitReading, LineVerdict, PageReading, Verdict
from inkread.web.problems import Problem


class DigitAnswer(BaseModel):
    """What was read in a picture of one digit."""

    digit: int | None = Field(ge=0, le=9, description="0–9; null unless the verdict is `digit`")
    best: int | None = Field(ge=0, le=9, description="The most probable digit; null when blank")
    confidence: float = Field(ge=0, le=1, description="Probability that `best` is right")
    verdict: Verdict
    probabilities: list[float] = Field(
        min_length=10, max_length=10, description="Of the digits 0 to 9, given that it is one"
    )


class ExplainedAnswer(DigitAnswer):
    """A reading with what the network saw, and which of it decided, where that was asked for."""

    ink: str | None = Field(
        None, description="The 28×28 ink, dark on light, as the data URL of a PNG"
    )
    evidence: list[list[float]] | None = Field(
        None,
        min_length=CANVAS_PX,
        max_length=CANVAS_PX,
        description="By row and column, −1 to 1: how much of the confidence is lost where the "
        "5×5 pixels around are paper",
    )


class DigitsAnswer(BaseModel):
    """The readings of many pictures, in their order; a problem for each that cannot be read."""

    readings: list[DigitAnswer | Problem]


class BoxAnswer(BaseModel):
    """Where something stands, in the pixels of the picture as it is shown upright."""

    left: float
    top: float
    width: float = Field(ge=0)
    height: float = Field(ge=0)


class PageDigitAnswer(DigitAnswer):
    """A digit on a page."""

    box: BoxAnswer
    ink: str | None = Field(None, description="As of a single digit, where it was asked for")


class SeparatorAnswer(BaseModel):
    """A dot, a comma or a dash beside digits."""

    sign: Literal[".", ",", "-"]
    confidence: float = Field(ge=0, le=1)
    box: BoxAnswer


class LineAnswer(BaseModel):
    """A number on a page."""

    text: str = Field(description="Its digits; empty where it does not fit what was asked for")
    text_with_separators: str
    confidence: float = Field(ge=0, le=1, description="Probability that the whole text is right")
    verdict: LineVerdict
    box: BoxAnswer
    digits: list[PageDigitAnswer]
    separators: list[SeparatorAnswer]


class PageAnswer(BaseModel):
    """The numbers in a picture, in reading order."""

    text: str = Field(description="The texts of the lines, one a line")
    width: int = Field(ge=1, description="Of the picture, upright, in pixels")
    height: int = Field(ge=1)
    turned: Literal[0, 90, 180, 270] = Field(
        description="Degrees clockwise by which it was turned to be read"
    )
    lines: list[LineAnswer]


class ModelAnswer(BaseModel):
    """What is known of a model."""

    name: str
    is_default: bool = Field(description="Whether it reads where no other is asked for")
    parameters: int | None = Field(description="Numbers in it; null where it has no card")
    size_bytes: int
    sha256: str | None
    made: str | None = Field(description="When it was trained or imported, UTC")
    figures: dict[str, Any] = Field(description="What it scores, by set")


class ModelsAnswer(BaseModel):
    """The models that can be asked for."""

    models: list[ModelAnswer]


class Health(BaseModel):
    """The state of the service."""

    status: str


def digit_answer(reading: DigitReading) -> DigitAnswer:
    """Return a reading as it is answered."""
    return DigitAnswer(**reading.as_dict())


def page_answer(reading: PageReading, *, with_ink: bool = False) -> PageAnswer:
    """Return a page as it is answered."""
    answer = PageAnswer(**reading.as_dict())
    if with_ink:
        for line, read in zip(answer.lines, reading.lines, strict=True):
            for digit, each in zip(line.digits, read.digits, strict=True):
                digit.ink = ink_answer(each.ink)
    return answer


def ink_answer(ink: Ink) -> str:
    """Return ink as it is answered."""
    return png_address(1 - ink)


def png_address(grey: NDArray[np.float32]) -> str:
    """Return a grey picture, 0 black and 1 white, as the data URL of a PNG."""
    return f"data:image/png;base64,{base64.b64encode(encode_png(grey)).decode()}"


def evidence_answer(evidence: Ink) -> list[list[float]]:
    """Return evidence as it is answered."""
    return [[round(each, 4) for each in row] for row in evidence.tolist()]

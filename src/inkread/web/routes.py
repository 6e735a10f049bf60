"""The API's version 1: pictures in, readings out; and the models there are."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from inkread.errors import InkreadError, RequestError
from inkread.ink import MOST_VERSIONS
from inkread.picture import Picture
from inkread.reader import Reader
from inkread.readings import DigitReading, PageReading
from inkread.web.answers import (
    DigitAnswer,
    DigitsAnswer,
    ExplainedAnswer,
    ModelAnswer,
    ModelsAnswer,
    PageAnswer,
    digit_answer,
    evidence_answer,
    ink_answer,
    page_answer,
)
from inkread.web.body import MOST_PICTURES, picture_in, pictures_in
from inkread.web.cards import model_answer
from inkread.web.metrics import Metrics
from inkread.web.problems import Problem, problem
from inkread.web.readers import Readers
from inkread.web.work import Work


class Told(BaseModel):
    """What a request tells in its query; what is misspelt there is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class How(Told):
    """How to read."""

    threshold: float | None = Field(
        None, ge=0, le=1, description="The least confidence at which it is not unsure"
    )
    versions: int | None = Field(
        None, ge=1, le=MOST_VERSIONS, description="Read it slightly moved as well, and average"
    )
    model: str | None = Field(
        None, min_length=1, description="Name of a model, as /v1/models lists them"
    )


class HowWithInk(How):
    """How to read, and what to answer beside the reading."""

    ink: bool = Field(False, description="Whether to answer what the network saw as well")  # noqa: FBT003
    explain: bool = Field(False, description="Whether to answer what decided as well, and the ink")  # noqa: FBT003
    drawn: bool = Field(  # the pad says so to either
        False,  # noqa: FBT003
        description="Whether it is a drawing: upright, nothing tiny; it matters to numbers alone",
    )


class HowOfPage(Told):
    """How to read a page, and what is known of the numbers on it."""

    threshold: float | None = Field(
        None, ge=0, le=1, description="The least confidence that makes a reading sure"
    )
    pattern: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Regular expression that each number matches",
    )
    length: int | None = Field(None, ge=1, le=64, description="Digits of each number")
    allowed: list[str] | None = Field(
        None, max_length=1000, description="The only numbers there can be"
    )
    ink: bool = Field(False, description="Whether to answer each digit's ink as well")  # noqa: FBT003


PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no model of that name"},
    408: {"model": Problem, "description": "The request did not arrive in time"},
    413: {"model": Problem, "description": "The request or the picture is too large"},
    415: {"model": Problem, "description": "The request is of no type that holds a picture"},
    422: {"model": Problem, "description": "The picture cannot be read"},
    429: {"model": Problem, "description": "More work waits already than can"},
}


def _in_forms(field: str, encoded: dict[str, Any], uploaded: dict[str, Any]) -> dict[str, Any]:
    """Describe a field that comes as base64 in JSON or as a file in a form."""
    types = {"application/json": encoded, "multipart/form-data": uploaded}
    return {
        media_type: {
            "schema": {"type": "object", "required": [field], "properties": {field: schema}}
        }
        for media_type, schema in types.items()
    }


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}


_FILE = {"type": "string", "format": "binary"}
_ENCODED = {"type": "string", "description": "base64 or a data URL"}
_MANY = {"type": "array", "minItems": 1, "maxItems": MOST_PICTURES}
_ONE_PICTURE = _body(
    {media_type: {"schema": _FILE} for media_type in ("image/*", "application/octet-stream")}
    | _in_forms("picture", _ENCODED, _FILE)
)
_PICTURES = _body(_in_forms("pictures", _MANY | {"items": _ENCODED}, _MANY | {"items": _FILE}))


def version_1(readers: Readers, work: Work, metrics: Metrics) -> APIRouter:
    """Build the routes.

    Args:
        readers: that read.
        work: that runs them.
        metrics: that count what they read.
    """
    router = APIRouter(prefix="/v1")
    _add_digits(router, readers, work, metrics)
    _add_numbers(router, readers, work, metrics)

    @router.get("/model", responses={404: PROBLEMS[404]})
    def model_card(model: Annotated[str | None, Query(min_length=1)] = None) -> ModelAnswer:
        """Say what is known of a model; of the default where none is named."""
        return model_answer(model or readers.default, readers)

    @router.get("/models")
    def list_models() -> ModelsAnswer:
        """List the models that can be asked for."""
        return ModelsAnswer(models=[model_answer(name, readers) for name in readers.names()])

    return router


def _add_digits(router: APIRouter, readers: Readers, work: Work, metrics: Metrics) -> None:
    @router.post(
        "/digit",
        responses=PROBLEMS,
        openapi_extra=_ONE_PICTURE,
        response_model_exclude_unset=True,
    )
    async def read_digit(request: Request, how: Annotated[HowWithInk, Query()]) -> ExplainedAnswer:
        """Read a picture of one digit: as raw body, multipart field `picture`, or JSON."""
        picture = await picture_in(request)

        def read() -> ExplainedAnswer:
            reader = readers.get(how.model, threshold=how.threshold, versions=how.versions)
            reading = reader.read_digit(picture)
            metrics.read(reading.verdict)
            return _explained(reader, reading, how)

        return await work.run(read)

    @router.post("/digits", responses=PROBLEMS, openapi_extra=_PICTURES)
    async def read_digits(request: Request, how: Annotated[How, Query()]) -> DigitsAnswer:
        """Read many pictures of one digit each; one that cannot be read leaves the others be."""
        pictures = await pictures_in(request)

        def read() -> DigitsAnswer:
            reader = readers.get(how.model, threshold=how.threshold, versions=how.versions)
            return DigitsAnswer(readings=_answers(reader, pictures, metrics))

        return await work.run(read)


def _add_numbers(router: APIRouter, readers: Readers, work: Work, metrics: Metrics) -> None:
    @router.post(
        "/page",
        responses=PROBLEMS,
        openapi_extra=_ONE_PICTURE,
        response_model_exclude_unset=True,
    )
    async def read_page(request: Request, how: Annotated[HowOfPage, Query()]) -> PageAnswer:
        """Read all numbers in a picture: on a page, in a field, on a canvas."""
        picture = await picture_in(request)

        def read() -> PageAnswer:
            reader = readers.get(None, threshold=how.threshold)
            known = how.model_dump(include={"pattern", "length", "allowed"})
            reading = reader.read_page(picture, **known)
            metrics.read_page(reading)
            return page_answer(reading, with_ink=how.ink)

        return await work.run(read)

    @router.post(
        "/read",
        responses=PROBLEMS,
        openapi_extra=_ONE_PICTURE,
        response_model_exclude_unset=True,
    )
    async def read_any(
        request: Request, how: Annotated[HowWithInk, Query()]
    ) -> ExplainedAnswer | PageAnswer:
        """Read one digit as `/digit` does or, where there are more, numbers as `/page` does."""
        picture = await picture_in(request)

        def read() -> ExplainedAnswer | PageAnswer:
            reader = readers.get(how.model, threshold=how.threshold, versions=how.versions)
            reading = reader.read(picture, drawn=how.drawn)
            if isinstance(reading, PageReading):
                metrics.read_page(reading)
                return page_answer(reading, with_ink=how.ink)
            metrics.read(reading.verdict)
            return _explained(reader, reading, how)

        return await work.run(read)


def _explained(reader: Reader, reading: DigitReading, how: HowWithInk) -> ExplainedAnswer:
    answer = ExplainedAnswer(**reading.as_dict())
    if how.ink or how.explain:
        answer.ink = ink_answer(reading.ink)
    if how.explain:
        answer.evidence = evidence_answer(reader.evidence(reading))
    return answer


def _answers(
    reader: Reader, pictures: list[bytes | RequestError], metrics: Metrics
) -> list[DigitAnswer | Problem]:
    """Read what came, and answer or refuse each by itself."""
    whole: list[Picture] = [each for each in pictures if isinstance(each, bytes)]
    readings = iter(reader.read_digits(whole, return_errors=True))
    answers: list[DigitAnswer | Problem] = []
    for each in pictures:
        result = each if isinstance(each, RequestError) else next(readings)
        if isinstance(result, InkreadError):
            metrics.refused(result)
            answers.append(problem(result))
        else:
            metrics.read(result.verdict)
            answers.append(digit_answer(result))
    return answers

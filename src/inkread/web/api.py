"""The JSON API: one picture in, one reading out."""

import os
from collections.abc import Mapping
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from inkread import __version__
from inkread.errors import (
    InkreadError,
    MissingExtra,
    PictureError,
    PictureTooLarge,
    RequestError,
    UnsupportedType,
    UploadTooLarge,
)
from inkread.reader import Reader, Verdict
from inkread.settings import Settings
from inkread.web.body import picture_in
from inkread.web.limit import UploadLimit

STATUS = (  # the first that an error is an instance of
    (UploadTooLarge, 413),
    (PictureTooLarge, 413),
    (UnsupportedType, 415),
    (MissingExtra, 415),
    (PictureError, 422),
    (RequestError, 422),
    (InkreadError, 500),
)


class DigitAnswer(BaseModel):
    """What was read in a picture of one digit."""

    digit: int | None = Field(ge=0, le=9, description="0–9; null unless the verdict is `digit`")
    best: int | None = Field(ge=0, le=9, description="The most probable digit; null when blank")
    confidence: float = Field(ge=0, le=1, description="Probability that `best` is right")
    verdict: Verdict
    probabilities: list[float] = Field(
        min_length=10, max_length=10, description="Of the digits 0 to 9"
    )


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    error: str
    hint: str | None


class Health(BaseModel):
    """The state of the service."""

    status: str


_BINARY = {"schema": {"type": "string", "format": "binary"}}
_PICTURE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": _BINARY,
            "application/octet-stream": _BINARY,
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["picture"],
                    "properties": {"picture": {"type": "string", "format": "binary"}},
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["picture"],
                    "properties": {
                        "picture": {"type": "string", "description": "base64 or a data URL"}
                    },
                }
            },
        },
    }
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    413: {"model": Problem, "description": "The request or the picture is too large"},
    415: {"model": Problem, "description": "The request is of no type that holds a picture"},
    422: {"model": Problem, "description": "The picture cannot be read"},
}


def create_api(settings: Settings) -> FastAPI:
    """Build the API; it answers `503` until `api.state.reader` is set."""
    api = FastAPIOffline(
        title="Inkread",
        version=__version__,
        description="Reads handwritten digits.",
        redoc_url=None,
    )
    api.state.reader = None
    api.add_middleware(UploadLimit, limit_mb=settings.max_upload_mb)
    api.exception_handler(InkreadError)(_inkread_error)
    api.exception_handler(HTTPException)(_http_error)
    api.exception_handler(ClientDisconnect)(_client_left)

    # More at once than there are cores would only take memory.
    reading_at_once = CapacityLimiter(os.cpu_count() or 1)

    @api.post("/v1/digit", responses=_PROBLEMS, openapi_extra=_PICTURE_BODY)
    async def read_digit(request: Request) -> DigitAnswer:
        """Read a picture of one digit: as raw body, multipart field `picture`, or JSON."""
        reader = _ready_reader(api)
        picture = await picture_in(request)
        reading = await to_thread.run_sync(reader.read_digit, picture, limiter=reading_at_once)
        return DigitAnswer(**reading.as_dict())

    @api.get("/", include_in_schema=False)
    async def documentation() -> RedirectResponse:
        return RedirectResponse("docs")

    @api.get("/healthz")
    async def healthz() -> Health:
        """Say that the service is alive."""
        return Health(status="alive")

    @api.get("/readyz", responses={503: {"model": Problem, "description": "Still loading"}})
    async def readyz() -> Health:
        """Say whether the model is loaded."""
        _ready_reader(api)
        return Health(status="ready")

    return api


def _ready_reader(api: FastAPI) -> Reader:
    reader = api.state.reader
    if not isinstance(reader, Reader):
        raise HTTPException(503, "the model is still loading")
    return reader


def _problem(
    status: int, error: str, hint: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"error": error, "hint": hint}, status_code=status, headers=headers)


async def _inkread_error(_: Request, error: InkreadError) -> JSONResponse:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    return _problem(status, error.message, error.hint)


async def _http_error(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == 404:
        return _problem(404, f"no such path: {request.url.path}", hint="see /api/docs")
    return _problem(error.status_code, error.detail.lower(), headers=error.headers)


async def _client_left(_: Request, __: ClientDisconnect) -> JSONResponse:
    return _problem(400, "the request was cut off")  # to nobody, but without a traceback

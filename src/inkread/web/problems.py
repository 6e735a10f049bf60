"""What is answered when something is wrong: one JSON shape, the library's own words."""

import re
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from inkread.errors import (
    InkreadError,
    MissingExtra,
    PictureError,
    PictureTooLarge,
    RequestError,
    RequestTooSlow,
    SettingsError,
    TooBusy,
    UnknownModel,
    UnsupportedType,
    UploadTooLarge,
)
from inkread.web.metrics import Metrics

STATUS = (  # the first that an error is an instance of
    (UploadTooLarge, 413),
    (PictureTooLarge, 413),
    (UnsupportedType, 415),
    (MissingExtra, 415),
    (RequestTooSlow, 408),
    (UnknownModel, 404),
    (TooBusy, 429),
    (PictureError, 422),
    (RequestError, 422),
    (SettingsError, 422),
    (InkreadError, 500),
)
_SHOULD = re.compile(r"^\w+ should (be|have) ")  # as pydantic begins its messages
_LONGEST = 80  # characters of what came
HEADERS = {429: {"Retry-After": "1"}, 408: {"Connection": "close"}}


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    error: str
    hint: str | None


def handle_problems(api: FastAPI, metrics: Metrics) -> None:
    """Let an API answer every error in the shape of `Problem`, and count the pictures refused."""

    async def inkread_error(_: Request, error: InkreadError) -> JSONResponse:
        metrics.refused(error)
        status = next(status for kind, status in STATUS if isinstance(error, kind))
        return _answer(status, error.message, error.hint, HEADERS.get(status))

    api.exception_handler(InkreadError)(inkread_error)
    api.exception_handler(HTTPException)(_http_error)
    api.exception_handler(RequestValidationError)(_parameter_error)
    api.exception_handler(ClientDisconnect)(_client_left)
    api.exception_handler(Exception)(_defect)


def problem(error: InkreadError) -> Problem:
    """Return what is said of an error."""
    return Problem(error=error.message, hint=error.hint)


def _answer(
    status: int, error: str, hint: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"error": error, "hint": hint}, status_code=status, headers=headers)


async def _http_error(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == 404:
        return _answer(404, f"no such path: {request.url.path}", hint="see /api/docs")
    return _answer(error.status_code, error.detail.lower(), headers=error.headers)


async def _parameter_error(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    if first["type"] == "extra_forbidden":
        return _answer(422, f"no such parameter: {first['loc'][-1]}", hint="see /api/docs")
    name, reason = first["loc"][-1], _SHOULD.sub("", first["msg"])
    got = str(first["input"]) or "nothing"
    got = got if len(got) <= _LONGEST else f"{got[:_LONGEST]}…"
    return _answer(422, f"{name} needs {reason}, got: {got}", hint="see /api/docs")


async def _client_left(_: Request, __: ClientDisconnect) -> JSONResponse:
    return _answer(400, "the request was cut off")  # to nobody, but without a traceback


async def _defect(_: Request, __: Exception) -> JSONResponse:
    """Keep to the shape for what nobody foresaw; the traceback goes to the server's log."""
    return _answer(500, "this should not have happened", hint="please report it, with the picture")

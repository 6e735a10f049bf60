"""The pictures in a request: a raw body, multipart fields, or base64 in JSON."""

import base64
import binascii
import json
import logging
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from inkread.errors import RequestError, UnsupportedType
from inkread.picture import MAX_BYTES

RAW_TYPES = ("image/", "application/octet-stream", "application/x-www-form-urlencoded")
MOST_PICTURES = 256  # in one request
_OTHER_FIELDS = 8  # of a form with one picture
# It warns of every broken form, of which its sender is told: junk would fill the log.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


async def picture_in(request: Request) -> bytes:
    """Return the bytes of the picture that a request carries.

    Raises:
        RequestError: the JSON is broken, the base64 is, or there is no field `picture`.
        UnsupportedType: the media type is none of those taken.
    """
    media_type = _media_type(request, "image/*")
    if media_type == "application/json":
        return _decoded(_field(await request.body(), "picture", '"base64 or data URL"', str))
    if media_type == "multipart/form-data":
        files = await _files(request, "picture", most=1)
        if not files:
            raise RequestError("needs a file in the field `picture`, got a form without")
        if isinstance(files[0], RequestError):
            raise files[0]
        return files[0]
    # curl's --data-binary says application/x-www-form-urlencoded unless told otherwise.
    if media_type.startswith(RAW_TYPES):
        return await request.body()
    raise UnsupportedType(
        f"needs a picture, multipart/form-data or application/json, got {media_type}",
        hint="send the picture's bytes with Content-Type: image/png, image/jpeg, …",
    )


async def pictures_in(request: Request) -> list[bytes | RequestError]:
    """Return the bytes of every picture that a request carries, or what is wrong with it.

    Raises:
        RequestError: there is no field `pictures`, it is empty or too long, or the JSON is broken.
        UnsupportedType: the media type is none of those taken.
    """
    media_type = _media_type(request, "none")
    pictures: list[bytes | RequestError]
    if media_type == "application/json":
        listed = _field(await request.body(), "pictures", '["base64 or data URL", …]', list)
        pictures = [_decoded_or_not(each) for each in listed]
    elif media_type == "multipart/form-data":
        pictures = await _files(request, "pictures", most=MOST_PICTURES)
    else:
        raise UnsupportedType(
            f"needs multipart/form-data or application/json, got {media_type}",
            hint="send one picture alone to /api/v1/digit",
        )
    if not 1 <= len(pictures) <= MOST_PICTURES:
        raise RequestError(f"needs 1 to {MOST_PICTURES} `pictures`, got {len(pictures)}")
    return pictures


def _media_type(request: Request, default: str) -> str:
    return (request.headers.get("content-type") or default).split(";")[0].strip().lower()


def _field(body: bytes, name: str, shape: str, kind: type) -> Any:  # noqa: ANN401  # of that kind
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError("needs JSON, got something else") from None
    value = content.get(name) if isinstance(content, dict) else None
    if not isinstance(value, kind):
        raise RequestError(f'needs {{"{name}": {shape}}}, got other JSON')
    return value


def _decoded_or_not(encoded: object) -> bytes | RequestError:
    try:
        return _decoded(encoded if isinstance(encoded, str) else "%")
    except RequestError as error:
        return error


def _decoded(encoded: str) -> bytes:
    if encoded[:5].lower() == "data:":
        encoded = unquote(encoded.partition(",")[2])
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RequestError("needs base64 or a data URL in `picture`, got something else") from None


async def _files(request: Request, name: str, most: int) -> list[bytes | RequestError]:
    """Return the files of a form; of fields that are text what it encodes, as in JSON."""
    try:
        async with request.form(
            max_files=most, max_fields=max(most, _OTHER_FIELDS), max_part_size=MAX_BYTES
        ) as form:
            return [
                await field.read() if isinstance(field, UploadFile) else _decoded_or_not(field)
                for field in form.getlist(name)
            ]
    except HTTPException as error:
        raise RequestError(f"needs a multipart form, got a broken one: {error.detail}") from None

"""The picture in a request: a raw body, a multipart field, or base64 in JSON."""

import base64
import binascii
import json

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from inkread.errors import RequestError, UnsupportedType

RAW_TYPES = ("image/", "application/octet-stream", "application/x-www-form-urlencoded")


async def picture_in(request: Request) -> bytes:
    """Return the bytes of the picture that a request carries.

    Raises:
        RequestError: the JSON is broken, the base64 is, or there is no field `picture`.
        UnsupportedType: the media type is none of those taken.
    """
    media_type = request.headers.get("content-type", "image/*").split(";")[0].strip().lower()
    if media_type == "application/json":
        return _from_json(await request.body())
    if media_type == "multipart/form-data":
        return await _from_form(request)
    # curl's --data-binary says application/x-www-form-urlencoded unless told otherwise.
    if media_type.startswith(RAW_TYPES):
        return await request.body()
    raise UnsupportedType(
        f"needs a picture, multipart/form-data or application/json, got {media_type}",
        hint="send the picture's bytes with Content-Type: image/png, image/jpeg, …",
    )


def _from_json(body: bytes) -> bytes:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError("needs JSON, got something else") from None
    picture = content.get("picture") if isinstance(content, dict) else None
    if not isinstance(picture, str):
        raise RequestError('needs {"picture": "base64 or data URL"}, got other JSON')
    encoded = picture.partition(",")[2] if picture.startswith("data:") else picture
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RequestError("needs base64 or a data URL in `picture`, got something else") from None


async def _from_form(request: Request) -> bytes:
    try:
        async with request.form(max_files=1, max_fields=8) as form:
            picture = form.get("picture")
            if isinstance(picture, UploadFile):
                return await picture.read()
    except HTTPException as error:
        raise RequestError(f"needs a multipart form, got a broken one: {error.detail}") from None
    raise RequestError("needs a file in the field `picture`, got a form without")

"""Limits that hold before a request is read whole: how large it is, and how long it takes."""

import time

from anyio import fail_after
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inkread.errors import RequestTooSlow, UploadTooLarge

ARRIVES_IN_S = 30.0


class UploadLimit:
    """ASGI middleware: while a body is received, raise at the limit.

    The error is raised inside the endpoint that reads the body, and answered by its handler.
    """

    def __init__(self, app: ASGIApp, limit_mb: int, arrives_in_s: float = ARRIVES_IN_S) -> None:
        self.app = app
        self.limit_mb = limit_mb
        self.arrives_in_s = arrives_in_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit_mb * 1_000_000
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        last = time.monotonic() + self.arrives_in_s
        received, whole = 0, False

        async def limited() -> Message:
            nonlocal received, whole
            if whole:  # what comes now is that the client leaves, whenever it does
                return await receive()
            if announced.isdigit() and int(announced) > limit:
                raise self._too_large()
            try:
                with fail_after(last - time.monotonic()):
                    message = await receive()
            except TimeoutError:
                raise RequestTooSlow(
                    f"needs a request within {self.arrives_in_s:g} seconds, got a part of it"
                ) from None
            received += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if received > limit:
                raise self._too_large()
            return message

        await self.app(scope, limited, send)

    def _too_large(self) -> UploadTooLarge:
        return UploadTooLarge(
            f"needs a request of at most {self.limit_mb} MB, got a larger one",
            hint="send a smaller picture, or set INKREAD_MAX_UPLOAD_MB",
        )

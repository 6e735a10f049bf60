"""An upload limit that holds before a request is read whole."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inkread.errors import UploadTooLarge


class UploadLimit:
    """ASGI middleware: while a body is received, raise `UploadTooLarge` at the limit.

    The error is raised inside the endpoint that reads the body, and answered by its handler.
    """

    def __init__(self, app: ASGIApp, limit_mb: int) -> None:
        self.app = app
        self.limit_mb = limit_mb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit_mb * 1_000_000
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        received = 0

        async def limited() -> Message:
            nonlocal received
            if announced.isdigit() and int(announced) > limit:
                raise self._too_large()
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise self._too_large()
            return message

        await self.app(scope, limited, send)

    def _too_large(self) -> UploadTooLarge:
        return UploadTooLarge(
            f"needs a request of at most {self.limit_mb} MB, got a larger one",
            hint="send a smaller picture, or set INKREAD_MAX_UPLOAD_MB",
        )

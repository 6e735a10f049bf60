"""The JSON API: its routes, its limits, and what it says of its own state."""

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from inkread import __version__
from inkread.settings import Settings
from inkread.web.answers import Health
from inkread.web.limit import UploadLimit
from inkread.web.metrics import CountRequests, Metrics
from inkread.web.problems import Problem, handle_problems
from inkread.web.readers import Readers
from inkread.web.routes import version_1
from inkread.web.work import Work


def create_api(settings: Settings, readers: Readers) -> FastAPI:
    """Build the API.

    Args:
        settings: its limits.
        readers: that read; loaded at the first reading, or before.
    """
    api = FastAPIOffline(
        title="Inkread",
        version=__version__,
        description="Reads handwritten digits.",
        redoc_url=None,
    )
    metrics = Metrics()
    api.state.is_ready = False
    api.add_middleware(UploadLimit, limit_mb=settings.max_upload_mb)
    api.add_middleware(CountRequests, metrics=metrics)
    handle_problems(api, metrics)
    api.include_router(version_1(readers, Work(), metrics))

    @api.get("/", include_in_schema=False)
    async def documentation() -> RedirectResponse:
        return RedirectResponse("docs")

    @api.get("/healthz")
    async def healthz() -> Health:
        """Say that the service is alive."""
        return Health(status="alive")

    @api.get("/readyz", responses={503: {"model": Problem, "description": "It is not"}})
    async def readyz() -> Health:
        """Say whether the model is loaded."""
        if not api.state.is_ready:
            raise HTTPException(503, "the model is still loading")
        return Health(status="ready")

    @api.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def counts() -> Response:
        """Count requests, how long they take, and what is read, for Prometheus."""
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return api

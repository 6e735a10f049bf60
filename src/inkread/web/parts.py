"""The parts of the one ASGI app: Streamlit's pages, the API under /api, the pad under /pad."""

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from streamlit import config

from inkread.errors import SettingsError
from inkread.settings import Settings
from inkread.web.api import create_api
from inkread.web.readers import shared_readers

HERE = Path(__file__).parent
PAGES = HERE / "main.py"


def _settings() -> Settings:
    """Read the settings, or end in one line: `streamlit run` would print a traceback."""
    try:
        return Settings.from_environment(os.environ)
    except SettingsError as error:
        sys.exit(f"inkread: {error.message}" + (f"\nhint: {error.hint}" if error.hint else ""))


SETTINGS = _settings()
API = create_api(SETTINGS, shared_readers())


async def _to_docs(_: object) -> RedirectResponse:
    return RedirectResponse("api/docs")


async def _to_pad(_: object) -> RedirectResponse:
    return RedirectResponse("pad/")


class PadFiles(StaticFiles):
    """Files that a browser asks for again, so that no old module meets a new one."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:  # noqa: ANN401
        response = super().file_response(*arguments, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _for_other_origins(app: ASGIApp) -> ASGIApp:
    """Let the pages of the origins that the settings name use an app, without cookies."""
    if not SETTINGS.origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=SETTINGS.origins,
        allow_methods=("GET", "POST"),
        allow_headers=("Content-Type",),
    )


ROUTES = [
    Route("/api", _to_docs),
    Mount("/api", app=_for_other_origins(API)),
    Route("/pad", _to_pad),
    Mount("/pad", app=_for_other_origins(PadFiles(directory=HERE / "pad", html=True))),
]


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[dict[str, Any]]:
    """Load the model before the first request; a mounted API's own lifespan does not run."""
    # Streamlit's server logs every request whatever it is told at the start.
    logging.getLogger("uvicorn.access").disabled = True
    # Streamlit has read its config.toml by now; before, setting one option would lose the rest.
    config.set_option("server.maxUploadSize", SETTINGS.max_upload_mb)
    shared_readers().get()
    API.state.is_ready = True
    yield {}
    API.state.is_ready = False

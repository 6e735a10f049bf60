"""The parts of the one ASGI app: Streamlit's pages, the API under /api, the pad under /pad."""

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from inkread.errors import SettingsError
from inkread.settings import Settings
from inkread.web.api import create_api
from inkread.web.shared import shared_reader

HERE = Path(__file__).parent
PAGES = HERE / "main.py"


def _settings() -> Settings:
    """Read the settings, or end in one line: `streamlit run` would print a traceback."""
    try:
        return Settings.from_environment(os.environ)
    except SettingsError as error:
        sys.exit(f"inkread: {error.message}" + (f"\nhint: {error.hint}" if error.hint else ""))


API = create_api(_settings())


async def _to_docs(_: object) -> RedirectResponse:
    return RedirectResponse("api/docs")


async def _to_pad(_: object) -> RedirectResponse:
    return RedirectResponse("pad/")


ROUTES = [
    Route("/api", _to_docs),
    Mount("/api", app=API),
    Route("/pad", _to_pad),
    Mount("/pad", app=StaticFiles(directory=HERE / "pad", html=True)),
]


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[dict[str, Any]]:
    """Load the model before the first request; a mounted API's own lifespan does not run."""
    # Streamlit's server logs every request whatever it is told at the start.
    logging.getLogger("uvicorn.access").disabled = True
    API.state.reader = shared_reader()
    yield {}
    API.state.reader = None

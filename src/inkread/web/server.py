"""Serves the web app: one process, one port."""

import ctypes
import errno
import os
import platform
import socket

import streamlit as st
import uvicorn

from inkread.errors import ServeError
from inkread.web.parts import PAGES, ROUTES, lifespan
from inkread.web.readers import shared_readers

_M_ARENA_MAX = -8  # of glibc's malloc.h
_LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # all addresses: here it is at one
_HEAPS = 2  # of the C library: by default threads get their own, and each keeps what it once took


def serve(host: str, port: int) -> None:
    """Serve the app and the API until interrupted.

    Args:
        host: address to listen on.
        port: 1–65535.

    Raises:
        ServeError: the address or the port cannot be used.
        ModelError: the model of the settings cannot be used.
    """
    _share_heaps()
    shared_readers().get()  # what is wrong with the model is said before anything is served
    listening = _listen(host, port)
    app = st.App(PAGES, lifespan=lifespan, routes=ROUTES)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)
    try:
        _Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def _share_heaps() -> None:
    """Let all threads share few heaps; where the C library is another one, nothing is done."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host = _LOCAL.get(self.config.host, self.config.host)
            host = f"[{host}]" if ":" in host else host
            print(f"Inkread is at http://{host}:{self.config.port}  (Ctrl+C stops it)", flush=True)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            free = port + 1 if port < 65535 else port - 1
            raise ServeError(
                f"port {port} is in use", hint=f"choose another: inkread app --port {free}"
            ) from None
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise ServeError(f"cannot listen on {host}:{port}, {reason}") from None

"""Starts the app as a process of its own and waits until it answers."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import httpx

START_S = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def served(command: list[str], url: str, folder: Path | None = None) -> Iterator[str]:
    """Run a server until the block ends, once its API says that it is ready."""
    with (
        tempfile.TemporaryFile("w+") as said,  # a pipe that nobody reads would fill up
        subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        try:
            _wait(process, url, said)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def memory_mb(port: int) -> float:
    """Return the memory that the app on a port holds now."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"app" in words and str(port).encode() in words:
                return int((folder / "statm").read_text().split()[1]) * 4096 / 1e6
        except OSError:
            continue  # it has ended meanwhile
    raise LookupError(f"nobody serves port {port}")


def _wait(process: subprocess.Popen[str], url: str, said: TextIO) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/api/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    process.kill()
    said.seek(0)
    raise AssertionError(f"the app did not start: {said.read()}")

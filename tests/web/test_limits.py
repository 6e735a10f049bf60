"""What holds when much is asked at once, or slowly, or badly."""

import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import anyio
import httpx
import numpy as np
import pytest
from starlette.types import Message, Receive, Scope, Send

from inkread.errors import InkreadError, RequestTooSlow, TooBusy
from inkread.web.limit import UploadLimit
from inkread.web.work import Work
from tests.drawing import canvas, encode
from tests.serving import free_port, memory_mb, served

PNG = encode(canvas(7))
Result = TypeVar("Result")


def run_apart(task: Callable[[], Awaitable[Result]]) -> Result:
    """Run a task in a thread of its own: the browser's has an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, task).result()


def test_when_too_many_wait_the_next_is_told_to_come_again() -> None:
    free = threading.Event()

    async def crowd() -> tuple[str, str | None]:
        work = Work(most_waiting=3)
        async with anyio.create_task_group() as group:
            for _ in range(100):
                if work.is_full():
                    break
                group.start_soon(work.run, free.wait)
                await anyio.sleep(0.005)
            with pytest.raises(TooBusy) as caught:
                await work.run(free.wait)
            free.set()
        assert await work.run(lambda: "done") == "done"
        return caught.value.message, caught.value.hint

    assert run_apart(crowd) == ("3 requests wait already", "ask again in a second")


def test_a_request_that_does_not_arrive_in_time_is_given_up() -> None:
    async def reads_all(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    async def drips() -> Message:
        await anyio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def ignores(_: Message) -> None: ...

    async def ask() -> None:
        app = UploadLimit(reads_all, limit_mb=10, arrives_in_s=0.3)
        await app({"type": "http", "headers": []}, drips, ignores)

    with pytest.raises(RequestTooSlow) as caught:
        run_apart(ask)
    assert caught.value.message == "needs a request within 0.3 seconds, got a part of it"
    assert isinstance(caught.value, InkreadError)


def test_sixty_four_at_once_starve_neither_each_other_nor_the_pages(
    app_url: str,
) -> None:
    waits = []

    def read(_: int) -> int:
        with httpx.Client(timeout=60) as client:
            answers = [client.post(f"{app_url}/api/v1/digit", content=PNG) for _ in range(5)]
        return sum(answer.json()["digit"] == 7 for answer in answers)

    with ThreadPoolExecutor(64) as pool:
        reading = pool.map(read, range(64))
        for _ in range(10):
            started = time.monotonic()
            for path in ("/api/healthz", "/"):
                assert httpx.get(app_url + path, timeout=60).status_code == 200
            waits.append(time.monotonic() - started)
        assert sum(reading) == 64 * 5
    assert max(waits) < 10  # generous: machines are noisy


def test_slow_senders_do_not_keep_others_from_being_answered(app_url: str) -> None:
    place = urlsplit(app_url)
    slow = []
    for _ in range(50):
        connection = socket.create_connection((place.hostname, place.port), timeout=10)
        connection.sendall(
            b"POST /api/v1/digit HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
            b"Content-Length: 5000\r\n\r\npart"
        )
        slow.append(connection)
    try:
        assert httpx.post(f"{app_url}/api/v1/digit", content=PNG).json()["digit"] == 7
    finally:
        for connection in slow:
            connection.close()


def test_what_is_asked_is_counted(app_url: str) -> None:
    def count(line: str) -> float:
        text = httpx.get(f"{app_url}/api/metrics").text
        found = [each for each in text.splitlines() if each.startswith(line + " ")]
        return float(found[0].split()[-1]) if found else 0.0

    names = (
        'inkread_requests_total{method="POST",path="/v1/digit",status="200"}',
        'inkread_requests_total{method="GET",path="other",status="404"}',
        'inkread_request_seconds_count{path="/v1/digit"}',
        'inkread_readings_total{verdict="blank"}',
        'inkread_refusals_total{error="UnreadablePicture"}',
    )
    before = [count(name) for name in names]
    httpx.post(f"{app_url}/api/v1/digit", content=encode(canvas(None)))
    httpx.post(f"{app_url}/api/v1/digit", content=b"text")
    httpx.get(f"{app_url}/api/somewhere")
    assert [count(name) - earlier for name, earlier in zip(names, before, strict=True)] == [
        *(1, 1, 2, 1, 1)
    ]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc to read the memory from")
def test_junk_is_refused_and_leaves_nothing_behind() -> None:
    """Thousands of bodies that are no pictures, some cut off; others are answered all the while."""
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    rng = np.random.default_rng(0)
    types = ("image/png", "application/json", "multipart/form-data; boundary=b", "text/plain")
    with (
        served(command, f"http://127.0.0.1:{port}") as url,
        httpx.Client(base_url=f"{url}/api", timeout=60) as api,
    ):
        before = 0.0
        for number in range(10_000):
            body = rng.bytes(int(rng.integers(0, 400)))
            if number % 3 == 0:
                body = PNG[: int(rng.integers(8, len(PNG)))] + body
            path = ("/v1/digit", "/v1/digits")[number % 2]
            answer = api.post(path, content=body, headers={"Content-Type": types[number % 4]})
            assert answer.status_code in {200, 413, 415, 422}
            assert "error" in answer.json() or "verdict" in answer.json()
            if number % 1_000 == 500:  # one in a thousand is cut off
                cut_off(url)
                assert api.post("/v1/digit", content=PNG).json()["digit"] == 7
            if number == 1_000:  # warmed up
                before = memory_mb(port)
        assert memory_mb(port) - before < 20


def cut_off(url: str) -> None:
    """Begin a request of 9 MB and leave in the middle."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(
            b"POST /api/v1/digit HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
            b"Content-Length: 9000000\r\n\r\n" + bytes(3_000_000)
        )

"""The pad on a page of another origin: the snippet of the documentation, in a real browser."""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.browsing import DESK, draw_with_mouse, expect_answer
from tests.serving import free_port, served


@contextmanager
def page_elsewhere(html: str) -> Iterator[str]:
    """Serve a page from an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def snippet(root: Path, url: str) -> str:
    """Return the documentation's snippet as it is, but for the address."""
    text = (root / "docs" / "api.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```html\n(.*?)```", text, re.DOTALL)
    assert len(found.strip().splitlines()) == 4
    return f"<!doctype html><title>Elsewhere</title>{found.replace('https://inkread.example', url)}"


def test_the_snippet_reads_on_a_page_of_an_origin_that_is_named(
    browser: Browser, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with page_elsewhere(snippet(root, url)) as elsewhere:
        monkeypatch.setenv("INKREAD_ORIGINS", elsewhere)
        with served(command, url):
            page = browser.new_context(**DESK).new_page()
            page.goto(elsewhere)
            draw_with_mouse(page, 7)
            expect_answer(page, "7")
            page.context.close()
            other = httpx.get(f"{url}/pad/pad.js", headers={"Origin": "http://127.0.0.1:1"})
            assert "access-control-allow-origin" not in other.headers


def test_no_origin_is_let_in_unless_named(app_url: str) -> None:
    for path in ("/pad/pad.js", "/api/healthz"):
        answer = httpx.get(app_url + path, headers={"Origin": "https://example.org"})
        assert "access-control-allow-origin" not in answer.headers

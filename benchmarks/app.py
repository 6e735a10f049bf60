"""How the app feels and what it bears: `python -m benchmarks.app [--soak-minutes N]`.

Prints how long it takes to start, how soon the answer stands on the page after the pen goes up,
how much memory it takes, and how many requests it answers. The browser and the load run on the
same machine.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, Page

from benchmarks.pictures import drawings
from tests.browsing import DESK, draw_strokes_with_mouse, go_to, hand_in, places
from tests.conftest import launched
from tests.drawing import DIGITS, canvas, encode
from tests.serving import free_port, memory_mb, served

STROKES = 50
CONNECTIONS = 8
LOAD_S = 10
SESSIONS = 10
ANSWERED = """
() => {
  window.answeredAt = [];
  const watch = (root) => {
    const words = root.querySelector(".words");
    const note = () => answeredAt.push(performance.now());
    if (words) new MutationObserver(note).observe(words, { childList: true });
    for (const each of root.querySelectorAll("*")) if (each.shadowRoot) watch(each.shadowRoot);
  };
  watch(document);
  const up = () => { window.upAt = performance.now(); };
  document.addEventListener("pointerup", up, { capture: true });
}
"""


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak-minutes", type=float, default=0, help="use it for so long as well")
    arguments = parser.parse_args()
    with launched() as browser:
        print_starts(browser)
        with app() as (url, port):
            print_answers(browser, url)
            print_memory(browser, url, port)
            if arguments.soak_minutes:
                print_soak(browser, url, port, 60 * arguments.soak_minutes)
    with app() as (url, _):
        asyncio.run(print_load(url, drawings(1)[0]))


@contextmanager
def app() -> Iterator[tuple[str, int]]:
    """Serve the app; give its address and its port."""
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}") as url:
        yield url, port


def print_starts(browser: Browser) -> None:
    """Print how long the API and the first page take from the start of the process."""
    apis, pages = [], []
    for _ in range(3):
        started = time.perf_counter()
        with app() as (url, _):
            apis.append(time.perf_counter() - started)
            page = browser.new_context(**DESK).new_page()
            page.goto(url)
            page.get_by_role("img", name="Drawing pad").wait_for()
            pages.append(time.perf_counter() - started)
            page.context.close()
    print_line("process start → API ready", median(apis), "s", 2)
    print_line("process start → first page in Chromium", median(pages), "s", 4)


def print_answers(browser: Browser, url: str) -> None:
    """Print how soon the answer to each stroke stands on the page, and how often it is asked."""
    page = browser.new_context(**DESK).new_page()
    page.goto(url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    places(page, DIGITS[1])  # waits until the pad is there
    page.evaluate(ANSWERED)
    waits, requests = [], []
    for number in range(STROKES):
        before = len(asked)
        draw_strokes_with_mouse(page, DIGITS[number % 10][:1])
        page.wait_for_timeout(250)
        waits.append(page.evaluate("answeredAt.at(-1) - upAt"))
        requests.append(sum("/read?" in each for each in asked[before:]))
        page.keyboard.press("Escape")
        page.wait_for_timeout(50)
    page.context.close()
    print_line("pen up → answer visible, median", median(waits), "ms", 40)
    print_line("pen up → answer visible, 95 %", quantiles(waits, n=20)[-1], "ms", 100)
    print_line("requests for a digit of one stroke, most", max(requests), "", 12)


def print_memory(browser: Browser, url: str, port: int) -> None:
    """Print the memory after sessions on the pad, and after one on every page."""
    for _ in range(SESSIONS):
        draw_once(browser, url)
    print_line(f"memory after {SESSIONS} drawing sessions", memory_mb(port), "MB", 260)
    visit_all(browser, url)
    print_line("memory after one session on every page", memory_mb(port), "MB", 350)


def draw_once(browser: Browser, url: str) -> None:
    """Draw a digit as a new visitor."""
    page = browser.new_context(**DESK).new_page()
    page.goto(url)
    draw_strokes_with_mouse(page, DIGITS[4])
    page.wait_for_timeout(200)
    page.context.close()


def visit_all(browser: Browser, url: str) -> None:
    """Visit every page as a new visitor, and hand pictures in."""
    page: Page = browser.new_context(**DESK).new_page()
    page.goto(url)
    hand_in(page, [(f"{digit}.png", encode(canvas(digit))) for digit in (1, 2, 3)])
    page.get_by_text("3 pictures").wait_for()
    for name in ("Models", "How it works", "Draw"):
        go_to(page, name)
        page.wait_for_timeout(500)
    page.context.close()


def print_soak(browser: Browser, url: str, port: int, seconds: float) -> None:
    """Use it for a while and print by how much its memory grew; the first tenth warms it up."""
    last, calls, before = time.monotonic() + seconds, 0, 0.0
    picture = drawings(1)[0]
    with httpx.Client() as client:
        while time.monotonic() < last:
            draw_once(browser, url)
            visit_all(browser, url)
            for _ in range(150):
                client.post(f"{url}/api/v1/digit", content=picture).raise_for_status()
                calls += 1
            if not before and time.monotonic() > last - 0.9 * seconds:
                before = memory_mb(port)
    grown = memory_mb(port) - before
    print_line(f"growth in {seconds / 60:g} minutes, {calls:,} API calls", grown, "MB", 20)


async def print_load(url: str, picture: bytes) -> None:
    """Print how many requests a second are answered over a few connections, and how soon."""
    waits: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(ask(url, picture, started + LOAD_S, waits) for _ in range(CONNECTIONS)))
    rate = len(waits) / (time.perf_counter() - started)
    print_line(f"requests a second, {CONNECTIONS} connections", rate, "", 500, at_least=True)
    print_line("99 % of them within", 1000 * quantiles(waits, n=100)[-1], "ms", 40)


async def ask(url: str, picture: bytes, until: float, waits: list[float]) -> None:
    """Send a picture again and again over one connection, and note how long each answer takes."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    head = f"POST /api/v1/digit HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: image/png\r\n"
    request = f"{head}Content-Length: {len(picture)}\r\n\r\n".encode() + picture
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise ConnectionError(answer.decode())
        length = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        waits.append(time.perf_counter() - started)
    writer.close()


def print_line(what: str, figure: float, unit: str, bar: float, *, at_least: bool = False) -> None:
    """Print a figure beside the bar that it must reach."""
    reached = figure >= bar if at_least else figure <= bar
    words = f"{'at least' if at_least else 'at most'} {bar:g}"
    print(f"{what:<45}{figure:>9.1f} {unit:<3} must be {words}{'' if reached else ': NOT REACHED'}")


if __name__ == "__main__":
    main()

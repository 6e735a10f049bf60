"""What the API counts, in the format of Prometheus."""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inkread.readings import LineVerdict, PageReading, Verdict

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """Counts requests, how long they take, what is read, and what is refused."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "inkread_requests",
            "Requests answered.",
            ("method", "path", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "inkread_request_seconds",
            "From a request's first byte to its answer's last.",
            ("path",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self.readings = Counter(
            "inkread_readings",
            "Pictures of one digit, and numbers on pages.",
            ("verdict",),
            registry=self._registry,
        )
        self.refusals = Counter(
            "inkread_refusals",
            "Pictures and requests refused, by the name of the error.",
            ("error",),
            registry=self._registry,
        )

    def read(self, verdict: Verdict | LineVerdict) -> None:
        """Count a picture of one digit that was read, or a number on a page."""
        self.readings.labels(verdict).inc()

    def read_page(self, page: PageReading) -> None:
        """Count the numbers of a page; one without any is blank."""
        for line in page.lines:
            self.read(line.verdict)
        if not page.lines:
            self.read("blank")

    def refused(self, error: Exception) -> None:
        """Count a picture or a request that was refused."""
        self.refusals.labels(type(error).__name__).inc()

    def text(self) -> bytes:
        """Return all counts, in the text format of Prometheus."""
        return generate_latest(self._registry)


class CountRequests:
    """ASGI middleware that counts every request with its answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = scope.get("route")
            # Of the paths that somebody makes up there is no end: they count as one.
            path = route.path if isinstance(route, Route) else "other"
            self.metrics.requests.labels(scope["method"], path, status).inc()
            self.metrics.seconds.labels(path).observe(time.perf_counter() - started)

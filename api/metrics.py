"""Numbers for those who watch over the doors. Labels are templates and codes, never ids."""

from dataclasses import dataclass, field
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True)
class Metrics:
    """One registry per app, so that two apps in one process do not meet."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    commands: Counter = field(init=False)
    lag_events: Gauge = field(init=False)
    lag_seconds: Gauge = field(init=False)
    follower_alive: Gauge = field(init=False)
    parked_cases: Gauge = field(init=False)
    parked_seconds: Gauge = field(init=False)
    reconciled: Gauge = field(init=False)
    reconciled_age: Gauge = field(init=False)

    def __post_init__(self) -> None:
        def put(name: str, metric: Counter | Histogram | Gauge) -> None:
            object.__setattr__(self, name, metric)

        at, route = self.registry, ["method", "route"]
        put("requests", Counter("lotse_http_requests", "Requests answered.", [*route, "status"], registry=at))
        put("seconds", Histogram("lotse_http_seconds", "Time to answer.", route, registry=at, buckets=SECONDS))
        put("commands", Counter("lotse_commands", "Commands by what came of them.", ["kind", "code"], registry=at))
        put(
            "lag_events", Gauge("lotse_read_model_lag_events", "Events not yet in the slowest read model.", registry=at)
        )
        put("lag_seconds", Gauge("lotse_read_model_lag_seconds", "Age of the oldest of them.", registry=at))
        put("follower_alive", Gauge("lotse_follower_alive", "1 when the follower was seen just now.", registry=at))
        put("parked_cases", Gauge("lotse_parked_cases", "Cases that a live read model cannot tell.", registry=at))
        put("parked_seconds", Gauge("lotse_parked_oldest_seconds", "How long the oldest of them waits.", registry=at))
        put("reconciled", Gauge("lotse_reconciled", "1 when all agreed at the hourly look.", registry=at))
        put("reconciled_age", Gauge("lotse_reconciled_age_seconds", "How long ago that look was.", registry=at))


class Observed:
    """Counts and times every request by its route's template."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = "aborted", perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.seconds.labels(method, route).observe(perf_counter() - started)

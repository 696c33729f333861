"""`/metrics`: what the console has done since it started and how it is now, for Prometheus. Nothing of it is kept on the disk."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ocrweb import __version__
from ocrweb.services.detect import processes, readiness
from ocrweb.services.line.network import network_line
from ocrweb.services.tally import pictures
from ocrweb.services.training import jobs, queue
from ocrweb.ui.line.coded import FRESH

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)

disable_created_metrics()  # a second series for each, of the time at which it was first counted
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_requests = Counter("ocrweb_requests", "Requests by kind of address and status.", ("kind", "status"), registry=REGISTRY)
_pictures = Counter(
    "ocrweb_pictures", "Pictures answered; outcome: ok or an error code.", ("way", "outcome"), registry=REGISTRY
)
_regions = Counter("ocrweb_regions", "Text regions found.", ("way",), registry=REGISTRY)
_seconds = Histogram(
    "ocrweb_picture_seconds",
    "From a picture's turn to its regions; failed ones too.",
    ("way",),
    buckets=SECONDS,
    registry=REGISTRY,
)


def count_request(kind: str, status: int) -> None:
    _requests.labels(kind, str(status)).inc()


def count_picture(answered: pictures.Answered) -> None:
    _pictures.labels(answered.way, answered.outcome).inc()
    _regions.labels(answered.way).inc(answered.regions)
    _seconds.labels(answered.way).observe(answered.seconds)


class Now(Collector):
    """What is asked for at each scrape."""

    def describe(self) -> list[Metric]:
        return []  # else registering would ask

    def collect(self) -> Iterator[Metric]:
        state = readiness.state()
        yield InfoMetricFamily("ocrweb", "This console.", {"version": __version__})
        yield GaugeMetricFamily("ocrweb_ready", "Whether the default model answers, as /healthz says.", state.ready)
        yield GaugeMetricFamily("ocrweb_line_serving", "Pictures that the network works on.", network_line.serving())
        yield GaugeMetricFamily("ocrweb_line_waiting", "Pictures that wait for their turn.", len(network_line))
        yield CounterMetricFamily("ocrweb_line_refused", "Requests that found the line full.", network_line.refused)
        loaded = GaugeMetricFamily("ocrweb_model_loaded", "1 for each model in memory.", labels=("model", "device"))
        for model, device in sorted(set(readiness.loaded_models())):
            loaded.add_metric((model, device), 1)
        yield loaded
        yield GaugeMetricFamily("ocrweb_workers", "Processes that detect, of `serve --workers`.", processes.living())
        yield GaugeMetricFamily("ocrweb_trainings_running", "Trainings that run now.", len(jobs.active_names()))
        yield GaugeMetricFamily("ocrweb_trainings_waiting", "Trainings that wait.", len(queue.waiting()))


REGISTRY.register(Now())


def mount(application: FastAPI) -> None:
    """Add the address. Who may read it is for the guards around the application to say."""
    pictures.listen(count_picture)
    application.add_api_route("/metrics", answer, methods=["GET"], response_model=None)


async def answer(request: Request) -> Response:
    encode, kind = choose_encoder(request.headers.get("accept", ""))
    told = await run_in_threadpool(encode, REGISTRY)
    return Response(told, headers={**FRESH, "Content-Type": kind})

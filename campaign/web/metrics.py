"""`/metrics` for Prometheus, for whoever holds the token: counts and ages, and nothing of a person.

Requests are counted by their rule, never by their path: a path may hold a link of somebody's. Processes of one machine
count into files of one folder, which `campaign serve` and `campaign web` name in the environment; what the database
tells is read when it is asked for, once for all machines.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator

import prometheus_client
from flask import Blueprint, Flask, Response, abort, request
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from campaign import clock, job_runs
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.exactly import OWED
from campaign.storage.tables import DossierBuild, DossierRequest, Letter, Message, Tally
from campaign.vocabulary import BuildStatus, LetterStatus
from campaign.web.app_state import door

PATH = "/metrics"
NO_ROUTE = "none"


class Counted:
    """What this process counts of itself."""

    def __init__(self) -> None:
        self.own = CollectorRegistry()
        self._requests = Counter(
            "campaign_requests", "Requests answered, by route and status.", ("method", "route", "status"),
            registry=self.own,
        )  # fmt: skip
        self._throttled = Counter("campaign_throttled", "Requests that a throttle refused.", registry=self.own)
        self._pool = Gauge(
            "campaign_database_connections_in_use", "Database connections in use, the most of any process.",
            registry=self.own, multiprocess_mode="max",
        )  # fmt: skip

    def answered(self, method: str, route: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(method, route, status).inc()
        if status == 429:
            self._throttled.inc()

    def pool(self, storage: Storage) -> None:
        """How many connections are in use at this moment."""
        pool = storage.engine.pool
        if isinstance(pool, QueuePool):
            self._pool.set(pool.checkedout())


class Stored(Collector):
    """What the database tells."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def collect(self) -> Iterator[Metric]:
        """Read it anew. A database that is away is one gauge at nought, and no fault."""
        up = GaugeMetricFamily("campaign_database_up", "Whether the database answers.")
        try:
            with self._storage.reading() as session:
                told = list(_told(session))
        except Exception:  # whatever a database may raise
            told = []
        up.add_metric([], 1 if told else 0)
        yield from (up, *told)


def _told(session: Session) -> Iterator[Metric]:
    now = clock.now()
    waiting, eldest = session.execute(select(func.count(), func.min(Message.created_at)).where(OWED)).one()
    yield GaugeMetricFamily("campaign_outbox_messages", "Messages that are owed.", value=waiting)
    age = (now - eldest).total_seconds() if eldest else 0
    yield GaugeMetricFamily("campaign_outbox_age_seconds", "Age of the eldest message that is owed.", value=age)
    signed = session.scalar(select(func.sum(Tally.count))) or 0
    yield GaugeMetricFamily("campaign_signatures_counted", "Confirmed signatures in the public counts.", value=signed)
    letters = GaugeMetricFamily("campaign_letters", "Letters of supporters, by state.", labels=["status"])
    states = select(Letter.status, func.count()).group_by(Letter.status)
    by_status = dict(session.execute(states).all())
    for letter in LetterStatus:
        letters.add_metric([letter], by_status.get(letter, 0))
    yield letters
    builds = GaugeMetricFamily("campaign_builds", "Signature books, by state of their printing.", labels=["status"])
    printed = select(DossierBuild.status, func.count()).group_by(DossierBuild.status)
    built = dict(session.execute(printed).all())
    asked = select(func.count()).select_from(DossierRequest).where(DossierRequest.ended_at.is_(None))
    for build in BuildStatus:
        builds.add_metric([build], built.get(build, 0))
    builds.add_metric(["asked"], session.scalar(asked) or 0)
    yield builds
    lag = GaugeMetricFamily("campaign_job_age_seconds", "Since a job last came to its end.", labels=["name"])
    took = GaugeMetricFamily("campaign_job_seconds", "How long its last run took.", labels=["name"])
    failed = CounterMetricFamily("campaign_job_failures", "Runs that ended with a fault.", labels=["name"])
    for run in job_runs.last_runs(session):
        lag.add_metric([run.name], max(0.0, (now - run.ended_at).total_seconds()))
        took.add_metric([run.name], run.seconds)
        failed.add_metric([run.name], run.failures)
    yield from (lag, took, failed)


def install(app: Flask, settings: Settings, storage: Storage) -> None:
    """Count, and answer at `/metrics`. Without a token in the settings nothing is counted and there is no such page."""
    if not settings.metrics_token:
        return
    counted = app.extensions["campaign_counted"] = Counted()
    blueprint = Blueprint("metrics", __name__)

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else NO_ROUTE
        method = request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
        counted.answered(method, route, response.status_code)
        counted.pool(storage)
        return response

    @blueprint.get(PATH)
    def metrics() -> Response:
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {door().settings.metrics_token}".encode()):
            abort(404)  # as if there were none
        told = CollectorRegistry()
        told.register(Stored(door().storage))
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            MultiProcessCollector(told)  # type: ignore[no-untyped-call]
            written = prometheus_client.generate_latest(told)
        else:
            written = prometheus_client.generate_latest(told) + prometheus_client.generate_latest(counted.own)
        return Response(written, content_type=prometheus_client.CONTENT_TYPE_LATEST)

    app.register_blueprint(blueprint)

"""Whatever anyone sends to whichever address, the answer is never a fault of ours.

Two hundred requests, others each day; five thousand with `--everything`, and `make fuzz` sends a hundred thousand.
The day's seed stands in the name of the test, and `CAMPAIGN_FUZZ_SEED` repeats it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.browser import office
from tests.conftest import _copied, sized
from tests.fuzz.requests import Sent, requests
from tests.web.reading import Page

REQUESTS = int(os.environ.get("CAMPAIGN_FUZZ_REQUESTS") or sized(200, 5_000))
DAY = int(os.environ.get("CAMPAIGN_FUZZ_SEED") or f"{datetime.now(UTC):%Y%m%d}")
# Each part begins with an office as it is when it is new: what was stopped or removed in one is there in the next.
PARTS = max(1, REQUESTS // 2_500)


class Visitors:
    """A stranger and an admin, who signs in again when some request has signed them out."""

    def __init__(self, place: office.Office) -> None:
        self.place = place
        self.stranger: FlaskClient = place.app.test_client(use_cookies=False)
        self.known: FlaskClient = place.app.test_client()
        self.token = ""
        self.sent = 0

    def sign_in(self) -> None:
        """As an admin does."""
        self.known = self.place.app.test_client()
        token = self._token("/organise/sign-in")
        form = {"email": office.ADMIN, "password": office.PASSWORD, "csrf_token": token}
        self.known.post("/organise/sign-in", data=form)
        self.token = self._token("/organise/account")

    def _token(self, path: str) -> str:
        tokens = Page(self.known.get(path).text).all("input", name="csrf_token")
        return tokens[0]["value"] if tokens else ""

    def send(self, request: Sent) -> int:
        """The status of the answer."""
        if request.known and self.sent % 50 == 0 and self.known.get("/organise/account").status_code != 200:
            self.sign_in()
        self.sent += 1
        client = self.known if request.known else self.stranger
        with client.open(**request.options(self.token if request.known else "")) as answer:
            answer.get_data()
            return answer.status_code


@pytest.fixture
def visitors(tmp_path: Path, sqlite_template: Path) -> Iterator[Visitors]:
    with office.opened(tmp_path, _copied(sqlite_template, tmp_path)) as place:
        office.fill(place, tmp_path)
        arrived = Visitors(place)
        arrived.sign_in()
        yield arrived


@pytest.mark.parametrize("part", [f"{DAY}-{number}" for number in range(PARTS)])
def test_no_request_is_answered_by_a_fault(part: str, visitors: Visitors, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    values = {**visitors.place.values, "slug": office.OPEN}

    @seed(int(part.replace("-", "")))
    @settings(
        max_examples=REQUESTS // PARTS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=True,
    )
    @given(request=requests(visitors.place.app, values))
    def sends(request: Sent) -> None:
        caplog.clear()
        status = visitors.send(request)
        assert status < 500 or status == 503, (status, caplog.text[-600:])

    sends()
    assert visitors.sent >= REQUESTS // PARTS

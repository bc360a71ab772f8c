"""Whatever anyone sends to whichever address, the answer is never a fault of ours.

Two hundred requests, others each day; five thousand with `--everything`, and `make fuzz` sends a hundred thousand.
The day's seed stands in the name of the test, and `CAMPAIGN_FUZZ_SEED` repeats it.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.browser import office
from tests.conftest import _copied, sized
from tests.fuzz.requests import Sent, requests, smaller
from tests.web.reading import Page

REQUESTS = int(os.environ.get("CAMPAIGN_FUZZ_REQUESTS") or sized(200, 5_000))
DAY = int(os.environ.get("CAMPAIGN_FUZZ_SEED") or f"{datetime.now(UTC):%Y%m%d}")
# Each part begins with an office as it is when it is new: what was stopped or removed in one is there in the next.
PARTS = max(1, REQUESTS // 2_500)


# An office, its home, and a copy of its home.
Filled = tuple[office.Office, Path, Path]


class Visitors:
    """A stranger and an admin, who signs in again when some request has signed them out."""

    def __init__(self, place: office.Office) -> None:
        self.place = place
        self.stranger: FlaskClient = place.app.test_client(use_cookies=False)
        self.known: FlaskClient = place.app.test_client()
        self.token = ""
        self.sent = 0
        self.is_out = False
        self.answers: Counter[tuple[bool, int]] = Counter()
        self.turned_away = 0

    def sign_in(self) -> None:
        """As an admin does."""
        self.known = self.place.app.test_client()
        token = self._token("/organise/sign-in")
        form = {"email": office.ADMIN, "password": office.PASSWORD, "csrf_token": token}
        self.known.post("/organise/sign-in", data=form)
        self.token = self._token("/organise/account")
        self.is_out = False

    def _token(self, path: str) -> str:
        tokens = Page(self.known.get(path).text).all("input", name="csrf_token")
        return tokens[0]["value"] if tokens else ""

    def send(self, request: Sent) -> int:
        """The status of the answer."""
        if request.known and (self.is_out or self.sent % 50 == 0):
            if self.known.get("/organise/account").status_code != 200:
                self.sign_in()
            self.is_out = False
        self.sent += 1
        client = self.known if request.known else self.stranger
        with client.open(**request.options(self.token if request.known else "")) as answer:
            answer.get_data()
            self.answers[request.known, answer.status_code] += 1
            to_sign_in = "/organise/sign-in" in answer.headers.get("Location", "")
            self.turned_away += answer.status_code == 429 or (request.known and to_sign_in)
            # Signed out, or asked for the password again: the next one goes with a session that holds.
            self.is_out = self.is_out or (request.known and to_sign_in)
            return answer.status_code


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[office.Office, Path, Path]]:
    """An office in which there is something behind every address, its home, and a copy of that as it was when it was
    new: to fill it takes as long as a thousand requests."""
    home = tmp_path_factory.mktemp("fuzz") / "home"
    home.mkdir()
    with office.opened(home, _copied(sqlite_template, home)) as place:
        office.fill(place, home)
        place.storage.dispose()
        with place.storage.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        place.storage.dispose()
        new = home.parent / "new"
        shutil.copytree(home, new)
        yield place, home, new


@pytest.fixture
def visitors(filled: Filled) -> Visitors:
    place, home, new = filled
    place.storage.dispose()
    shutil.rmtree(home)
    shutil.copytree(new, home)
    place.app.extensions["campaign"].cache.__init__(clock=time.monotonic)
    arrived = Visitors(place)
    arrived.sign_in()
    return arrived


@pytest.mark.parametrize("part", [f"{DAY}-{number}" for number in range(PARTS)])
def test_no_request_is_answered_by_a_fault(part: str, visitors: Visitors, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    values = {**visitors.place.values, "slug": office.OPEN}

    faults: dict[str, Sent] = {}
    for sent in islice(requests(visitors.place.app, values, int(part.replace("-", ""))), REQUESTS // PARTS):
        caplog.clear()
        if visitors.send(sent) >= 500:
            least = smaller(sent, lambda it: visitors.send(it) >= 500)
            faults.setdefault(caplog.text[-600:], least)
    print(f"{part}: {visitors.sent} sent;", *sorted(visitors.answers.items()))
    assert not faults, faults
    assert visitors.sent >= REQUESTS // PARTS
    # A session that had ended, or a throttle that answers everything, would prove nothing.
    assert visitors.turned_away < visitors.sent // 3, visitors.answers

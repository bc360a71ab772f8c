"""Signature books and their way say everything in the reader's language, at every step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.organise.conftest import Desk
from tests.web.organise.delivery.test_dossiers import TAB, planned, printed, signed, today
from tests.web.organise.said import marking, unsaid

NAMES = ("The admin", "Renew the cards", "Sample Minister")


@pytest.fixture
def admin(desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch) -> Desk:
    marking(monkeypatch, staffed)
    return desk(Role.ADMIN)


def test_before_it_is_made_and_while_it_waits(admin: Desk, staffed: Site) -> None:
    assert unsaid(admin.get(TAB).text, *NAMES) == []
    signed(staffed)
    assert admin.post(TAB, {"official": 1, "language": "en"}).status_code == 302
    assert unsaid(admin.get(TAB).text, *NAMES) == []
    told = admin.get("/organise/dossiers/asked/1").json
    assert told is not None and told["said"] == "⟦Waiting for its turn⟧"


def test_printed_planned_sent_and_answered(admin: Desk, staffed: Site) -> None:
    code = printed(staffed, admin)
    assert unsaid(admin.get(TAB).text, *NAMES, code) == []
    wrong = admin.post(f"/organise/dossiers/{code}/deliveries", {"channel": "post", "who": "", "place": "", "on": ""})
    assert wrong.status_code == 422
    assert unsaid(wrong.text, *NAMES, code) == []
    for channel in ("email", "fax"):
        assert unsaid(admin.get(planned(admin, code, channel)).text, *NAMES, code) == [], channel
    there = planned(admin, code)
    assert unsaid(admin.get(there).text, *NAMES, code) == []
    assert admin.post(f"{there}/dispatch", {"on": today(), "tracking": "RR 1"}).status_code == 302
    failed = admin.post(f"{there}/end", {"status": "returned", "on": today()})
    assert failed.status_code == 422
    assert unsaid(failed.text, *NAMES, code) == []
    assert admin.post(f"{there}/end", {"status": "delivered", "on": today()}).status_code == 302
    reply = {"on": today(), "text": "We shall see.", "shown": "text"}
    assert admin.post(f"{there}/reply", reply).status_code == 302
    assert unsaid(admin.get(there).text, *NAMES, code) == []
    assert unsaid(admin.get(TAB).text, *NAMES, code) == []

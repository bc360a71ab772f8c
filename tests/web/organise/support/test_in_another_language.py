"""The pages about supporters, letters and paper say everything in the reader's language, whatever is on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from campaign import clock
from campaign.appeals.relay import bounce_mailbox
from campaign.storage.tables import Organisation
from campaign.vocabulary import LetterStatus, Role
from tests import made
from tests.appeals import crowd
from tests.conftest import Site
from tests.web.organise.conftest import Desk
from tests.web.organise.said import marking, unsaid
from tests.web.organise.support import test_letters, test_paper
from tests.web.organise.support.test_incoming import UNREADABLE, answered
from tests.web.organise.support.test_screening import flooded  # noqa: F401 - a fixture

ACTION = "/organise/actions/renew-the-cards"
NAMES = (
    "The admin",
    "The editor",
    "Renew the cards",
    "Market of Lyon",
    "false.example",
    "example.org",
    "renew-the-cards",
    "Sample Minister",
    "cards",
)

pytestmark = pytest.mark.usefixtures("staffed")


@pytest.mark.parametrize(
    "path",
    [
        f"{ACTION}/signatures/",
        f"{ACTION}/signatures/?status=withdrawn",
        f"{ACTION}/signatures/export?status=confirmed&country=FR&day=2026-01-01&words=yes",
        f"{ACTION}/signatures/words",
        f"{ACTION}/screening/",
        f"{ACTION}/screening/invalidate",
        f"{ACTION}/paper/",
        f"{ACTION}/queue/",
        f"{ACTION}/statistics/",
        "/organise/incoming/",
        "/organise/incoming/?done=yes",
    ],
)
def test_a_page_where_nothing_is_yet(
    desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    marking(monkeypatch, staffed)
    answer = desk(Role.ADMIN).get(path)
    assert answer.status_code == 200
    assert '<html lang="ur" dir="rtl">' in answer.text
    assert unsaid(answer.text, *NAMES) == []


def test_signatures_messages_and_screening(
    desk: Callable[[Role], Desk],
    flooded: Site,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowd.sign(flooded.storage, 2, at=clock.now() - timedelta(hours=1), message="Renew them all.")
    marking(monkeypatch, flooded)
    admin = desk(Role.ADMIN)
    for path in ("signatures/", "signatures/words", "screening/", "statistics/"):
        assert unsaid(admin.get(f"{ACTION}/{path}").text, *NAMES) == [], path
    counted = admin.post(f"{ACTION}/screening/invalidate/count", {"country": "FR", "words": "no", "locale": "en"})
    assert unsaid(counted.text, *NAMES) == []


def test_a_sheet_that_came_back_and_names_in_two_lists(
    desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_paper.online(staffed)
    marking(monkeypatch, staffed)
    editor = desk(Role.EDITOR)
    editor.read(test_paper.TAB)
    assert editor.post(test_paper.TAB, dict(test_paper.FILLED)).status_code == 302
    for path in ("", "judge", "1"):
        assert unsaid(editor.get(f"{test_paper.TAB}{path}").text, *NAMES) == [], path
    again = editor.post(test_paper.TAB, {**test_paper.FILLED, "count": "x"})
    assert again.status_code == 422
    assert unsaid(again.text, *NAMES) == []


def test_letters_in_the_queue_and_incoming_mail(
    desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(staffed)
    bounce_mailbox.record(staffed.storage, UNREADABLE)
    test_letters.entrusted(staffed, 2, LetterStatus.BOUNCED)
    test_letters.entrusted(staffed, 1)
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(letters_held_at=made.NOON))
    marking(monkeypatch, staffed)
    admin = desk(Role.ADMIN)
    admin.read(test_letters.TAB)
    assert admin.post(test_letters.TAB, {"official": 1, "paper": "a4", "which": "all"}).status_code == 302
    for path in (test_letters.TAB, "/organise/incoming/", "/organise/search/?q=cards"):
        assert unsaid(admin.get(path).text, *NAMES) == [], path

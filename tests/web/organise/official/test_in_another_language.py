"""The directory of officials says everything in the reader's language: what they have, what is wrong, what differs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from campaign.storage.tables import Official
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk
from tests.web.organise.said import marking, unsaid

HERE = "/organise/officials/"
NAMES = ("The admin", "Sample Minister", "Renew the cards", "Minister of Interior", "Asia/Karachi")


@pytest.fixture
def admin(desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch) -> Desk:
    with staffed.storage.writing() as session:
        session.execute(update(Official).values(email_bounced_at=made.NOON, post_returned_on=made.NOON.date()))
    marking(monkeypatch, staffed)
    return desk(Role.ADMIN)


@pytest.mark.parametrize("path", ["", "?q=nobody", "new", "1", "1/edit", "duplicates", "import"])
def test_every_sentence_of_a_page(admin: Desk, path: str) -> None:
    answer = admin.get(f"{HERE}{path}")
    assert answer.status_code == 200
    assert unsaid(answer.text, *NAMES) == []


def test_what_is_wrong_with_an_entry(admin: Desk) -> None:
    admin.read(f"{HERE}new")
    wrong = {
        "name": "",
        "address": "1",
        "emails": "nowhere",
        "x_handle": "much too long a handle",
        "languages": "xx-yy",
    }
    answer = admin.post(f"{HERE}new", {**wrong, "phone": "who knows", "time_zone": "Nowhere", "web_form": "nowhere"})
    assert answer.status_code == 422
    assert unsaid(answer.text, *NAMES, "xx-yy") == []


def test_one_that_stands_there_twice_and_a_file(admin: Desk) -> None:
    admin.read(f"{HERE}new")
    twin = {"name": "Sample Minister", "country": "PK", "office:en": "Minister of Interior"}
    assert admin.post(f"{HERE}new", twin).status_code == 302
    assert unsaid(admin.get(f"{HERE}duplicates").text, *NAMES) == []
    admin.read(f"{HERE}import")
    looked_at = admin.post(
        f"{HERE}import", {"text": "number,name,emails\n1,Sample Minister,wrong\n,Zubaida Example,\n"}
    )
    assert looked_at.status_code == 200
    assert unsaid(looked_at.text, *NAMES) == []

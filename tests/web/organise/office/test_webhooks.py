"""Webhooks in the browser: added, tried out and removed by admins; their address is never shown again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from campaign.office.webhooks import sending
from campaign.storage.tables import AuditEvent, Webhook, WebhookNotice
from campaign.vocabulary import OfficeEvent, Role, WebhookOutcome
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk

HERE = "/organise/webhooks/"
TOKEN = "TIiajkdnlazkcOXrIdevi7FQ"
SLACK = f"https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/{TOKEN}"
FORM: dict[str, object] = {"name": "Team", "address": SLACK, "hears": ["review", "held"], "locale": "ur"}


def kept(site: Site) -> list[Webhook]:
    with site.storage.reading() as session:
        return list(session.scalars(select(Webhook)))


def test_an_admin_adds_one_and_its_address_is_shown_to_nobody_again(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    assert admin.post(HERE, FORM).status_code == 302
    (webhook,) = kept(staffed)
    assert (webhook.name, webhook.service, webhook.hears, webhook.locale) == ("Team", "Slack", ["review", "held"], "ur")
    assert TOKEN.encode() not in webhook.address
    page = admin.read(HERE)
    assert "Slack" in page.text and "A second person is needed." in page.text
    assert TOKEN not in admin.get(HERE).text
    with staffed.storage.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.what == "webhook added")).one()
    assert TOKEN not in f"{event.before}{event.after}{event.reason}"
    assert TOKEN not in admin.get("/organise/audit/").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter a name, in 60 characters at most."),
        ({"name": "x" * 61}, "Enter a name, in 60 characters at most."),
        ({"hears": []}, "Choose at least one event."),
        ({"hears": ["mention", "trial"]}, "Choose at least one event."),
        ({"locale": "xx"}, "Choose one of the languages in the list."),
        ({"address": "mailto://a:b@example.org"}, "Enter the address of a webhook"),
        ({"address": "jsons://10.0.0.1/x"}, "This address leads into a private network."),
        ({"address": "json://chat.example.org/x"}, "This address sends without encryption. Begin it with jsons://."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    desk: Callable[[Role], Desk], staffed: Site, wrong: dict[str, object], said: str
) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    answer = admin.post(HERE, {**FORM, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert TOKEN not in answer.text
    assert kept(staffed) == []


def test_two_of_one_name_cannot_be_told_apart(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    admin.post(HERE, FORM)
    answer = admin.post(HERE, FORM)
    assert answer.status_code == 409
    assert "There is a webhook with this name." in answer.text
    assert len(kept(staffed)) == 1


def test_a_test_is_owed_once_and_removing_deletes_all(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    admin.post(HERE, FORM)
    (webhook,) = kept(staffed)
    for _ in range(2):
        assert admin.post(f"{HERE}{webhook.id}/test").status_code == 302
    with staffed.storage.reading() as session:
        assert session.scalars(select(WebhookNotice.event)).all() == [OfficeEvent.TRIAL]
    assert "The test is sent within a minute." in admin.read(HERE).text
    assert admin.post(f"{HERE}{webhook.id}/remove").status_code == 302
    assert kept(staffed) == []
    with staffed.storage.reading() as session:
        assert session.scalars(select(WebhookNotice.id)).all() == []
    assert admin.post(f"{HERE}{webhook.id}/test").status_code == 404
    assert admin.post(f"{HERE}{webhook.id}/remove").status_code == 404


def test_the_page_says_what_became_of_the_last_message(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    admin.post(HERE, FORM)
    assert "none yet" in admin.read(HERE).text
    with staffed.storage.writing() as session:
        refused = {"outcome": WebhookOutcome.REFUSED, "status_code": 403, "tried_at": made.NOON}
        session.execute(update(Webhook).values(gave_up_at=made.NOON, **refused))
    shown = " ".join(admin.read(HERE).text.split())
    assert "1 August 2025, 12:00 UTC: the service refused it (403)" in shown
    assert "It could not be told anything for a day, so we gave up on 1 August 2025, 12:00 UTC." in shown


@pytest.mark.parametrize("role", [it for it in Role if it is not Role.ADMIN])
def test_nobody_but_an_admin_sees_or_changes_them(desk: Callable[[Role], Desk], staffed: Site, role: Role) -> None:
    who = desk(role)
    assert who.get(HERE).status_code == 403
    for path in (HERE, f"{HERE}1/test", f"{HERE}1/remove"):
        assert who.post(path, FORM).status_code == 403
    assert kept(staffed) == []


def test_where_the_library_is_not_installed_the_page_says_so(
    desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "installed", lambda: False)
    admin = desk(Role.ADMIN)
    assert "Install campaign[webhooks]." in admin.read(HERE).text
    assert admin.post(HERE, FORM).status_code == 422

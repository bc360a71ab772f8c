"""A translator's pages: texts beside their original, files for elsewhere, and nothing else of the office."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.storage.tables import Action, ActionText, Organiser, Watcher
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour
from tests.web.organise.conftest import Desk, address

HERE = f"/organise/translations/{SLUG}/fr"


@pytest.fixture(autouse=True)
def a_draft(hour: Hour, staffed: Site) -> None:
    hour.becomes(made.NOON)
    with staffed.storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == SLUG)).one()
        action.status, action.opened_at = ActionStatus.DRAFT, None


def fields_of(who: Desk) -> dict[str, object]:
    page = who.read(HERE)
    return {it["name"]: it["value"] for it in page.all("input", type="hidden") if it["name"] != "csrf_token"}


def typed(who: Desk, query: str = "") -> str:
    return str(who.read(HERE + query).one("input", name="passage-title")["value"])


def title(site: Site, tag: str = "fr") -> str | None:
    with site.storage.reading() as session:
        return session.scalars(select(ActionText.title).where(ActionText.locale == tag)).one_or_none()


def test_a_translator_comes_to_what_is_to_be_translated_and_saves_it(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    who = desk(Role.TRANSLATOR)
    assert who.get("/organise/").headers["Location"] == "/organise/translations/"
    page = who.read("/organise/translations/")
    assert "Renew the cards" in page.text and "Urdu" in page.text
    assert who.get(f"/organise/translations/{SLUG}/in?tag=fr").headers["Location"] == HERE
    form = fields_of(who)
    assert who.post(HERE, {**form, "passage-title": "Renouvelez les cartes"}).status_code == 302
    assert title(staffed) == "Renouvelez les cartes"
    assert "Saved." in who.read(HERE).text


def test_a_translator_sees_no_other_page_of_the_office(desk: Callable[[Role], Desk], staffed: Site) -> None:
    who = desk(Role.TRANSLATOR)
    links = {it["href"] for it in who.read(HERE).all("a")}
    assert not {it for it in links if it.startswith("/organise/") and "translations" not in it} - {
        "/organise/",
        "/organise/account",
    }
    for path in (
        f"/organise/actions/{SLUG}", f"/organise/actions/{SLUG}/texts/", "/organise/cases/", "/organise/officials/",
        "/organise/search/?q=cards", "/organise/agenda", "/organise/calendar", "/organise/team/", "/organise/audit/",
    ):  # fmt: skip
        assert who.get(path).status_code == 403, path
    account = who.read("/organise/account").text
    assert "Deadlines in your own calendar" not in account and "Daily e-mail" not in account
    for path in ("/organise/account/calendar", "/organise/account/digest"):
        assert who.post(path, {"digest": "yes"}).status_code in {403, 404}, path


def test_who_becomes_a_translator_watches_nothing_any_more_and_their_calendar_is_closed(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    who = desk(Role.VIEWER)
    made_page = who.read("/organise/account")
    link = Desk(staffed)
    address_of = who.post(next(it["action"] for it in made_page.all("form") if "calendar" in it["action"]))
    calendar = [it.text for it in who.read("/organise/account").all("code")] or [
        it for it in address_of.text.split() if ".ics" in it
    ]
    assert calendar, address_of.text[:400]
    path = "/organise" + calendar[0].partition("/organise")[2].partition("<")[0]
    assert link.get(path).status_code == 200
    with staffed.storage.writing() as session:
        viewer = session.scalars(select(Organiser.id).where(Organiser.email == address(Role.VIEWER))).one()
        action = session.scalars(select(Action.id).where(Action.slug == SLUG)).one()
        session.add(Watcher(action_id=action, organiser_id=viewer))
        session.flush()
        organisers.change_role(session, staffed.storage.vault, COMMAND_LINE, viewer, Role.TRANSLATOR, made.NOON)
    assert link.get(path).status_code == 404
    with staffed.storage.reading() as session:
        assert session.scalars(select(Watcher)).all() == []


def test_the_file_goes_out_and_comes_back_into_the_form_and_nothing_is_saved_before_one_says_so(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    who = desk(Role.TRANSLATOR)
    answer = who.get(f"{HERE}.po")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{SLUG}-fr.po"'
    data = answer.text.replace('msgid "Renew the cards"\nmsgstr ""', 'msgid "Renew the cards"\nmsgstr "Des cartes <b>"')
    form = fields_of(who)
    sent = who.post(f"{HERE}/file", {"file": (io.BytesIO(data.encode()), "fr.po")})
    assert sent.status_code == 200 and "1 passage was taken from the file" in sent.text
    assert 'value="Des cartes &lt;b&gt;"' in sent.text and title(staffed) is None
    who.post(HERE, {**form, "passage-title": "Des cartes <b>"})
    assert title(staffed) == "Des cartes <b>"


def test_a_file_that_is_none_of_this_is_refused_and_what_was_there_stays(desk: Callable[[Role], Desk]) -> None:
    who = desk(Role.TRANSLATOR)
    who.read(HERE)
    for body in ({}, {"file": (io.BytesIO(b"\x00\xff"), "fr.po")}):
        answer = who.post(f"{HERE}/file", dict(body))
        assert answer.status_code == 422 and "Nothing was saved yet" in answer.text


def test_what_someone_else_saved_meanwhile_is_not_overwritten_and_what_was_typed_comes_back(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    one, other = desk(Role.TRANSLATOR), desk(Role.EDITOR)
    form, theirs = fields_of(one), fields_of(other)
    other.post(HERE, {**theirs, "passage-title": "D’abord"})
    answer = one.post(HERE, {**form, "passage-title": "Ensuite"})
    assert answer.status_code == 409 and "Ensuite" in answer.text and title(staffed) == "D’abord"
    again = {**form, **{it["name"]: it["value"] for it in _hidden(answer.text)}}
    assert one.post(HERE, {**again, "passage-title": "Ensuite"}).status_code == 302
    assert title(staffed) == "Ensuite"


def test_what_was_typed_and_not_saved_is_kept_for_who_typed_it(desk: Callable[[Role], Desk]) -> None:
    one, other = desk(Role.TRANSLATOR), desk(Role.EDITOR)
    form = fields_of(one)
    assert one.post(f"{HERE}/autosave", {**form, "passage-title": "À moitié"}).status_code == 204
    assert "You have unsaved text" in one.read(HERE).text
    assert typed(one, "?take=1") == "À moitié" and typed(other, "?take=1") == ""
    one.read(HERE)
    one.post(f"{HERE}/autosave/drop")
    assert typed(one, "?take=1") == ""


def test_a_translator_cannot_publish_at_once_whatever_the_form_says(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    with staffed.storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == SLUG)).one()
        action.status, action.opened_at = ActionStatus.OPEN, made.NOON
    who = desk(Role.TRANSLATOR)
    form = fields_of(who)
    assert "Urgent: publish this change now" not in who.read(HERE).text
    wanted = {**form, "passage-title": "Des cartes", "reason": "Missing", "kind": "edit", "urgent": "yes"}
    assert who.post(HERE, wanted).status_code == 302
    assert title(staffed) is None
    assert "someone else looks at it and publishes it" in who.read(HERE).text


def _hidden(html: str) -> list[dict[str, str]]:
    from tests.web.reading import Page

    return [it for it in Page(html).all("input", type="hidden") if it["name"] != "csrf_token"]  # type: ignore[misc]

"""The Letters tab: how many stand where, what goes by post, and never who wrote or what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select, update

from campaign import clock
from campaign.appeals.relay import requests
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.storage.tables import Action, AuditEvent, Letter, Official, Organisation, PostRun, Recipient, Signature
from campaign.vocabulary import LetterAnswer, LetterStatus, Role
from tests import made
from tests.conftest import Site
from tests.printing.reading import plain
from tests.web.organise.conftest import Desk, agreed
from tests.web.reading import Page

TAB = "/organise/actions/renew-the-cards/queue/"
S = LetterStatus


def entrusted(site: Site, n: int, status: LetterStatus = S.QUEUED) -> None:
    """So many people have asked us to send a letter in their own words, and it stands there."""
    now, vault = clock.now(), site.storage.vault
    with site.storage.writing() as session:
        there = int(session.scalar(select(func.count(Signature.id))) or 0)
        for k in range(there, there + n):
            sign(session, vault, "renew-the-cards", made.wish(f"{k}@example.org", name=f"Writer Number{k}"), now)
            reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
            confirming.confirm(session, vault, reference, now)
            drafted = requests.save_draft(
                session, vault, reference, "renew-the-cards", 1, "en", f"My own words, {k} of them.", now
            )
            requests.submit(session, vault, reference, drafted.id, "en", now)
            sent_at = now if status is not S.QUEUED else None
            session.execute(update(Letter).where(Letter.id == drafted.id).values(status=status, sent_at=sent_at))


def tallied(page: Page) -> dict[str, int]:
    """{where letters stand: how many}, of the only official."""
    found = [it.text.split(" ", 1) for it in page.all("li") if it.text[:1].isdigit()]
    return {words: int(count) for count, words in found}


def test_counts_stand_by_official_and_add_up_and_nobody_is_named(desk: Callable[[Role], Desk], staffed: Site) -> None:
    entrusted(staffed, 3)
    entrusted(staffed, 2, S.SENT)
    page = desk(Role.VIEWER).read(TAB)
    assert tallied(page) == {"waiting to be sent": 3, "sent, nothing came back": 2}
    assert "Sample Minister 5 letters" in page.text
    assert "Writer" not in page.text
    assert "own words" not in page.text
    assert not page.all("button", name="which")


def test_what_came_back_is_printed_enveloped_and_ticked_off(desk: Callable[[Role], Desk], staffed: Site) -> None:
    entrusted(staffed, 2, S.BOUNCED)
    with staffed.storage.writing() as session:
        session.execute(update(Official).values(email_bounced_at=clock.now()))
        official = session.scalars(select(Official.id)).one()
    editor = desk(Role.EDITOR)
    page = editor.read(TAB)
    assert tallied(page) == {"returned": 2}
    answer = editor.post(TAB, {"official": official, "paper": "a4", "which": "all"})
    assert answer.status_code == 302
    page = editor.read(TAB)
    assert tallied(page) == {"printed": 2}
    (there,) = [it for it in page.links if it.endswith("/letters.pdf")]
    pdf = editor.get(there)
    assert pdf.headers["Cache-Control"] == "no-store"
    told = plain(" ".join(it.get_textpage().get_text_range() for it in pypdfium2.PdfDocument(pdf.data)))
    for k in range(2):
        assert f"Writer Number{k}" in told
        assert f"My own words, {k} of them." in told
    assert len(pypdfium2.PdfDocument(editor.get(there.replace("letters", "labels")).data)) == 1
    for size in ("dl", "c5", "no10"):
        envelopes = there.replace("letters.pdf", f"envelopes.pdf?size={size}")
        assert len(pypdfium2.PdfDocument(editor.get(envelopes).data)) == 2
    assert editor.get(there.replace("letters.pdf", "envelopes.pdf?size=c4")).status_code == 422

    tick = there.replace("letters.pdf", "posted")
    editor.read(TAB)
    ahead = (clock.now() + timedelta(days=9)).date().isoformat()
    refused = editor.post(tick, {"on": ahead})
    assert refused.status_code == 422
    assert Page(refused.text).one("input", name="on")["value"] == ahead
    assert editor.post(tick, {"on": clock.now().date().isoformat()}).status_code == 302
    assert "posted on" in editor.read(TAB).text
    assert editor.post(tick, {"on": clock.now().date().isoformat()}).status_code == 409
    assert editor.get(there).status_code == 409  # the words are forgotten
    with staffed.storage.reading() as session:
        assert session.scalars(select(Letter.content)).all() == [None, None]
        trail = session.scalars(select(AuditEvent.what)).all()
    assert {"letters printed for the post", "letters posted"} <= set(trail)


def test_those_that_would_be_late_can_be_printed_alone(desk: Callable[[Role], Desk], staffed: Site) -> None:
    entrusted(staffed, 6)
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(letters_hourly=1, letters_daily=1))
        deadline = (clock.now() + timedelta(days=4)).date()
        session.execute(update(Action).values(deadline=deadline))
        official = session.scalars(select(Official.id)).one()
    editor = desk(Role.EDITOR)
    page = editor.read(TAB)
    (late,) = page.all("button", value="late")
    n = int(late.text.split()[1])
    assert 1 <= n < 6
    letters = "1 letter" if n == 1 else f"{n} letters"  # how many days of four are working days depends on today
    assert f"{letters} to Sample Minister too late to send before the deadline" in page.text
    board = editor.read("/organise/")
    assert any("too late to send before the deadline" in it.text for it in board.all("span", class_="flag"))
    editor.read(TAB)
    assert editor.post(TAB, {"official": official, "paper": "letter", "which": "late"}).status_code == 302
    assert tallied(editor.read(TAB)) == {"waiting to be sent": 6 - n, "printed": n}
    refused = editor.post(TAB, {"official": official, "paper": "letter", "which": "late"})
    assert refused.status_code == 422
    assert "will be sent in time" in refused.text


def test_parked_letters_lead_to_the_address(desk: Callable[[Role], Desk], staffed: Site) -> None:
    entrusted(staffed, 2)
    with staffed.storage.writing() as session:
        session.execute(update(Official).values(email_bounced_at=clock.now()))
        official = session.scalars(select(Official.id)).one()
    editor = desk(Role.EDITOR)
    page = editor.read(TAB)
    assert "on hold: e-mail bounced" in page.text
    assert f"/organise/officials/{official}/edit" in page.links
    board = editor.read("/organise/")
    assert any("on hold: e-mail bounced" in it.text for it in board.all("span", class_="flag"))


def test_a_run_of_another_action_is_not_to_be_had_here(desk: Callable[[Role], Desk], staffed: Site) -> None:
    entrusted(staffed, 1, S.BOUNCED)
    editor = desk(Role.EDITOR)
    with staffed.storage.writing() as session:
        other = made.action(session, "elsewhere", serial=70)
        assert other.recipients
        official = session.scalars(select(Recipient.official_id).order_by(Recipient.id)).first()
    editor.read(TAB)
    editor.post(TAB, {"official": official, "paper": "a4", "which": "all"})
    with staffed.storage.reading() as session:
        run = session.scalars(select(PostRun.id)).one()
    assert editor.get(f"{TAB}{run}/letters.pdf").status_code == 200
    assert editor.get(f"/organise/actions/elsewhere/queue/{run}/letters.pdf").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_who_may_deliver_prints(desk: Callable[[Role], Desk], staffed: Site, role: Role) -> None:
    entrusted(staffed, 1)
    who = desk(role)
    assert not who.read(TAB).all("button", name="which")
    assert who.post(TAB, {"official": 1, "paper": "a4", "which": "all"}).status_code == 403
    assert who.get(f"{TAB}1/letters.pdf").status_code == 403


def test_an_officials_office_hours_follow_their_time_zone(desk: Callable[[Role], Desk], staffed: Site) -> None:
    with staffed.storage.reading() as session:
        official = session.scalars(select(Official)).one()
    editor = desk(Role.EDITOR)
    here = f"/organise/officials/{official.id}/edit"
    page = editor.read(here)
    form = {
        "revision": page.hidden("revision"),
        "name": "Sample Minister",
        "office:en": "Minister of Interior",
        "country": "PK",
        "address": "1 Sample Road\nIslamabad",
        "emails": "minister@example.invalid",
        "languages": "en ur",
    }
    assert editor.post(here, {**form, "time_zone": "Mars"}).status_code == 422
    there = {**form, "time_zone": "Asia/Dubai", "change_reason": "The ministry moved."}
    assert editor.post(here, there).status_code == 302
    agreed(desk(Role.REVIEWER))
    assert "Asia/Dubai" in editor.read(f"/organise/officials/{official.id}").text


def test_caps_and_hours_are_settings_that_hold_together(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    page = admin.read("/organise/settings/")
    form: dict[str, object] = {
        it["name"]: it.get("value") or "" for it in page.all("input") if it.get("type") not in {"checkbox", "hidden"}
    }
    form |= {"postal_address": "1 Road", "household_seats": "1", "posting_days": "", "review_required": "yes"}
    closed = admin.post("/organise/settings/", {**form, "office_opens": "17", "office_closes": "9"})
    assert closed.status_code == 422
    assert Page(closed.text).one("p", id="office_closes-error")
    assert admin.post("/organise/settings/", {**form, "letters_hourly": "0"}).status_code == 422
    good = {**form, "letters_hourly": "12", "letters_daily": "60", "office_opens": "8", "office_closes": "16"}
    assert admin.post("/organise/settings/", good).status_code == 302
    with staffed.storage.reading() as session:
        kept = session.scalars(select(Organisation)).one()
    assert (kept.letters_hourly, kept.letters_daily, kept.office_opens, kept.office_closes) == (12, 60, 8, 16)


def test_what_writers_say_of_answers_stands_on_the_tab_and_with_the_official(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    entrusted(staffed, 3, S.SENT)
    viewer = desk(Role.VIEWER)
    assert "Of 3 letters that went, 0 were answered" in viewer.read(TAB).text
    with staffed.storage.writing() as session:
        first = session.scalars(select(Letter).order_by(Letter.id)).first()
        assert first is not None
        first.answer = LetterAnswer.ANSWERED
        official_id = first.official_id
    for path in (TAB, f"/organise/officials/{official_id}"):
        page = viewer.read(path)
        assert "Of 3 letters that went, 1 was answered, as their writers told us." in page.text
        assert "Writer" not in page.text

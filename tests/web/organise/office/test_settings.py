"""Settings in the browser: all or nothing, each change on record, and what signers are told stays true."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

from PIL import Image
from sqlalchemy import func, select, update

from campaign import clock, language
from campaign.office import organisation
from campaign.storage.tables import AuditEvent, ConsentText, Official
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

HERE = "/organise/settings/"


def typed(site: Site, **changes: object) -> dict[str, object]:
    """The form as it comes, with some fields changed."""
    with site.storage.reading() as session:
        now = organisation.read(session)
    return {
        "name-en": now.name["en"],
        "name-ur": now.name["ur"],
        "contact_email": now.contact_email,
        "sender_email": now.sender_email,
        "postal_address": "\n".join(now.postal_address),
        "retention_days": now.retention_days,
        "time_zone": now.time_zone,
        "languages": now.languages,
        "household_seats": now.household_seats,
        "review_required": "yes",
        "stale_days": now.stale_days,
        "posting_days": "",
        "letters_hourly": now.letters_hourly,
        "letters_daily": now.letters_daily,
        "office_opens": now.office_opens,
        "office_closes": now.office_closes,
        "digest_hour": now.digest_hour,
        "leave_url": now.leave_url,
        "goal_moves": "yes",
        "least_country": now.least_country,
        "name_hold_minutes": now.name_hold_minutes,
        **changes,
    }


def test_a_new_retention_makes_a_new_version_of_what_signers_are_told(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    assert admin.post(HERE, typed(staffed, retention_days=30)).status_code == 302
    with staffed.storage.reading() as session:
        newest = session.scalars(
            select(ConsentText).where(ConsentText.locale == "en").order_by(ConsentText.version.desc())
        ).all()
    assert [it.version for it in newest] == [2, 1]
    assert "30 days" in newest[0].text and "90 days" in newest[1].text
    assert "30" in staffed.fresh().client.get("/en/actions/renew-the-cards").text


def test_a_change_is_on_record_with_what_was_before(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    admin.post(HERE, typed(staffed, stale_days=60, posting_days="PK 20\nAF 40"))
    with staffed.storage.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.what == "settings changed")).one()
        assert organisation.read(session).posting_days == {"PK": "20", "AF": "40"}
    assert event.before == '{"posting_days": {}, "stale_days": 90}'
    assert event.after == '{"posting_days": {"AF": "40", "PK": "20"}, "stale_days": 60}'
    assert event.who == "The admin"


def test_saving_what_is_there_already_records_nothing(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    admin.post(HERE, typed(staffed))
    with staffed.storage.reading() as session:
        assert not session.scalar(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.what == "settings changed")
        )


def test_what_cannot_be_is_named_field_by_field_and_nothing_is_saved(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    answer = admin.post(
        HERE,
        typed(
            staffed,
            **{"name-en": "", "retention_days": 0, "time_zone": "Mars", "posting_days": "PK soon"},
            contact_email="nobody",
            leave_url="http://example.org",
            least_country="few",
            volume_days="",
            name_hold_minutes="soon",
        ),
    )
    assert answer.status_code == 422
    sentences = ("name in English", "1 to 3650 days", "IANA", "Posting days", "not an e-mail", "https://")
    for sentence in (*sentences, "from 1 to 1000 signatures on", "Keep printed signature books", "0 to 1440 minutes"):
        assert sentence in answer.text, sentence
    assert "Mars" in answer.text  # what was typed is there to be mended
    with staffed.storage.reading() as session:
        assert organisation.read(session).time_zone == "Europe/London"


def test_leave_quickly_leads_where_the_office_says(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    admin.post(HERE, typed(staffed, leave_url="https://weather.example/{locale}/"))
    assert "https://weather.example/ur/" in staffed.fresh().client.get("/ur/actions/renew-the-cards").text


def test_the_offices_own_posting_days_decide_by_when_a_letter_is_to_be_posted(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    with staffed.storage.writing() as session:
        session.execute(update(Official).values(country="PK"))
    before = staffed.client.get("/en/actions/renew-the-cards").text
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    admin.post(HERE, typed(staffed, posting_days="PK 2"))
    soon = staffed.fresh().client.get("/en/actions/renew-the-cards").text
    post_by = language.day((clock.now() + timedelta(days=8)).date(), "en")
    assert post_by in soon and post_by not in before


def picture(colour: str = "red") -> tuple[io.BytesIO, str]:
    kept = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(kept, "PNG")
    kept.seek(0)
    return kept, "logo.png"


def test_a_logo_stands_beside_the_name_on_public_pages_at_an_address_of_its_own(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    def shown() -> list[str]:
        return [it["src"] for it in Page(staffed.fresh().client.get("/en/").text).all("img")]

    admin = desk(Role.ADMIN)
    admin.read(HERE)
    assert shown() == []
    assert admin.post(f"{HERE}logo", {"logo": picture()}).status_code == 302
    (first,) = shown()
    answer = staffed.client.get(first)
    assert answer.mimetype == "image/png"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    admin.read(HERE)
    assert admin.post(f"{HERE}logo", {"logo": picture("blue")}).status_code == 302
    assert shown() != [first]
    assert staffed.client.get(first).status_code == 404
    admin.read(HERE)
    assert admin.post(f"{HERE}logo", {"do": "remove"}).status_code == 302
    assert shown() == []
    assert [it for it in staffed.storage.files.names() if it.startswith("logo/")] == []


def test_what_can_be_no_logo_is_said_beside_its_field_and_changes_nothing(desk: Callable[[Role], Desk]) -> None:
    admin = desk(Role.ADMIN)
    admin.read(HERE)
    answer = admin.post(f"{HERE}logo", {"logo": (io.BytesIO(b"<svg/>"), "logo.svg")})
    assert answer.status_code == 422
    assert "Use a PNG or JPEG file" in Page(answer.text).one(id="logo-error").text
    assert admin.post(f"{HERE}logo").status_code == 422

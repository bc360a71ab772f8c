"""A dossier from the browser: frozen, printed, on its way, received, answered; readers see what happened."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select, update

from campaign import clock
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.cases.lifecycle import opening_and_closing
from campaign.jobs.sweeps import Jobs
from campaign.office import audit
from campaign.storage.tables import AuditEvent, Delivery, Dossier, DossierVolume, Signature, Update
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.delivery.signed import texts
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk, agreed
from tests.web.reading import Page

TAB = "/organise/actions/renew-the-cards/delivery"


def signed(site: Site) -> None:
    """Three people have confirmed."""
    now = clock.now()
    with site.storage.writing() as session:
        for n, name in enumerate(("Ada Lovelace", "Bai Juyi", "Omar Khayyam")):
            sign(session, site.storage.vault, "renew-the-cards", made.wish(f"{n}@example.org", name=name), now)
        for reference in session.scalars(select(Signature.reference)).all():
            confirming.confirm(session, site.storage.vault, reference, now)


def printed(site: Site, desk: Desk) -> str:
    """The code of a dossier that was frozen in the browser and printed by the worker."""
    signed(site)
    desk.read(TAB)
    assert desk.post(TAB, {"official": 1, "language": "en"}).status_code == 302
    Jobs(site.settings, site.storage).freeze()
    with site.storage.reading() as session:
        code = session.scalars(select(Dossier.code)).one()
    now = desk.get(f"/organise/dossiers/{code}/progress").json
    assert now is not None and now["status"] == "waiting"
    Jobs(site.settings, site.storage).build()
    desk.read(TAB)
    return code


def test_names_that_no_font_has_are_told_before_a_book_is_made_and_stop_nothing(
    site: Site, desk: Callable[[Role], Desk]
) -> None:
    signed(site)
    with site.storage.writing() as session:
        signature = session.scalars(select(Signature).limit(1)).one()
        signature.name = site.storage.vault.encrypt("Ada \U0010fffd", "signatures.name", signature.reference)
    editor = desk(Role.EDITOR)
    editor.read(TAB)
    asked = {"official": 1, "language": "en", "paper": "letter"}
    told = editor.post(TAB, asked)
    with site.storage.reading() as session:
        assert session.scalars(select(Dossier)).all() == []
    assert "1 name has letters that no font on this computer can print (U+10FFFD)." in told.text
    assert '<option value="letter" selected>' in told.text
    assert editor.post(TAB, asked | {"boxes": "yes"}).status_code == 302
    assert Jobs(site.settings, site.storage).freeze() == 1
    assert Jobs(site.settings, site.storage).build() == 1


def planned(desk: Desk, code: str, channel: str = "post") -> str:
    """Where a planned delivery has its page."""
    plan = {"channel": channel, "who": "Noor", "place": "The ministry", "on": today()}
    there = str(desk.post(f"/organise/dossiers/{code}/deliveries", plan).location)
    desk.read(there)
    return there


def today() -> str:
    return clock.now().date().isoformat()


def scan() -> tuple[io.BytesIO, str]:
    made_scan = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(made_scan, "PNG")
    made_scan.seek(0)
    return made_scan, "scan.png"


def test_a_dossier_goes_its_way_and_every_step_is_on_record(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    code = printed(staffed, editor)
    assert editor.get(f"/organise/dossiers/{code}/volumes/1.pdf").data.startswith(b"%PDF-")
    assert editor.get(f"/organise/dossiers/{code}/archive.zip").data.startswith(b"PK")

    there = planned(editor, code)
    assert editor.post(f"{there}/dispatch", {"on": today(), "tracking": "RR 1"}).status_code == 302
    assert editor.post(f"{there}/dispatch", {"on": today()}).status_code == 409
    assert editor.post(f"{there}/end", {"status": "returned", "on": today()}).status_code == 422
    assert editor.post(f"{there}/end", {"status": "delivered", "on": today(), "scan": scan()}).status_code == 302
    assert editor.get(f"{there}/scans/receipt").mimetype == "image/png"
    reply = {"on": today(), "text": "We shall see.", "shown": "text_and_scan", "scan": scan()}
    assert editor.post(f"{there}/reply", reply).status_code == 302
    assert staffed.client.get(there.replace("/organise/deliveries", "/replies")).status_code == 404
    agreed(desk(Role.REVIEWER))
    assert staffed.client.get(there.replace("/organise/deliveries", "/replies")).mimetype == "image/png"
    assert editor.post(f"{there}/answered").status_code == 302

    with staffed.storage.reading() as session:
        delivery = session.scalars(select(Delivery)).one()
        told = session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)).all()
        assert audit.faults(session, staffed.storage.vault) == []
    assert (delivery.status, delivery.tracking, delivery.reply_text) == ("delivered", "RR 1", "We shall see.")
    assert told[-8:] == [
        "signature book created",
        "delivery planned",
        "delivery sent",
        "delivery delivered",
        "change proposed",
        "reply recorded",
        "proposal published",
        "reply answered",
    ]


def test_a_press_is_answered_at_once_and_its_page_goes_on_to_the_book(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor, jobs = desk(Role.EDITOR), Jobs(staffed.settings, staffed.storage)
    signed(staffed)
    form = {"official": 1, "language": "en", "press": editor.read(TAB).one("input", name="press")["value"]}
    assert editor.post(TAB, form).status_code == 302
    with staffed.storage.reading() as session:
        assert session.scalars(select(Dossier.code)).all() == []
    page = editor.read(TAB)
    assert "Waiting for its turn" in page.text
    there = page.one("div", class_="progress")["data-progress"]
    assert editor.get(there).json == {
        "status": "waiting", "phase": "waiting", "done": 0, "total": 0, "pace": None, "left": None,
        "said": "Waiting for its turn",
    }  # fmt: skip
    assert jobs.freeze() == 1
    assert (editor.get(there).json or {})["status"] == "done"
    # The same press arrives again, and the page of before is sent once more.
    assert editor.post(TAB, form).status_code == 302
    assert "already requested" in editor.read(TAB).text
    assert jobs.freeze() == 0
    with staffed.storage.reading() as session:
        code = session.scalars(select(Dossier.code)).one()
    assert f"d-{code}" in [it.get("id") for it in editor.read(TAB).all("h3")]


def test_why_there_is_no_book_is_told_on_the_page(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(TAB)
    assert editor.post(TAB, {"official": 1, "language": "en"}).status_code == 302
    Jobs(staffed.settings, staffed.storage).freeze()
    assert "Nobody has confirmed a signature for this action yet" in editor.read(TAB).text


def test_a_reply_that_is_not_public_is_shown_to_nobody(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    there = planned(editor, printed(staffed, editor), "in_person")
    editor.post(f"{there}/dispatch", {"on": today()})
    editor.post(f"{there}/reply", {"on": today(), "text": "Between us", "shown": "nothing", "scan": scan()})
    assert staffed.client.get(there.replace("/organise/deliveries", "/replies")).status_code == 404
    assert "Between us" not in staffed.fresh().client.get("/en/actions/renew-the-cards").text


def test_a_link_to_the_volumes_ends_after_a_fortnight_and_a_new_one_ends_it_at_once(
    desk: Callable[[Role], Desk], staffed: Site, hour: Hour
) -> None:
    editor = desk(Role.EDITOR)
    there = planned(editor, printed(staffed, editor), "email")
    links = []
    for _ in range(2):
        editor.read(there)
        links.append(Page(editor.post(f"{there}/link").text).one("code").text.removeprefix(staffed.settings.base_url))
        assert staffed.client.get(links[-1]).data.startswith(b"%PDF-")
    assert staffed.client.get(links[0]).status_code == 404
    hour.becomes(clock.now() + timedelta(days=14, minutes=1))
    assert staffed.client.get(links[1]).status_code == 404


def test_a_stop_ends_what_was_handed_out_and_nothing_more_leaves(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    code = printed(staffed, editor)
    there = planned(editor, code, "email")
    link = Page(editor.post(f"{there}/link").text).one("code").text.removeprefix(staffed.settings.base_url)
    editor.read(there)
    editor.post(f"{there}/reply", {"on": today(), "text": "Yes", "shown": "text_and_scan", "scan": scan()})
    agreed(desk(Role.REVIEWER))
    reply = there.replace("/organise/deliveries", "/replies")
    assert (staffed.client.get(link).status_code, staffed.client.get(reply).status_code) == (200, 200)
    with staffed.storage.writing() as session:
        opening_and_closing.stop(session, "renew-the-cards", {"en": "She is in danger."}, clock.now())
    assert (staffed.client.get(link).status_code, staffed.client.get(reply).status_code) == (404, 404)
    assert editor.post(f"{there}/dispatch", {"on": today()}).status_code == 410
    assert editor.post(f"{there}/link").status_code == 410
    assert editor.post(TAB, {"official": 1, "language": "en"}).status_code == 410


def test_who_may_not_see_names_gets_no_volume(desk: Callable[[Role], Desk], staffed: Site) -> None:
    code = printed(staffed, desk(Role.EDITOR))
    assert desk(Role.VIEWER).get(f"/organise/dossiers/{code}/volumes/1.pdf").status_code == 403
    assert desk(Role.VIEWER).get(TAB).status_code == 200


def test_what_is_not_printed_yet_is_not_sent_and_printing_can_be_stopped(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor = desk(Role.EDITOR)
    signed(staffed)
    editor.read(TAB)
    editor.post(TAB, {"official": 1, "language": "en"})
    Jobs(staffed.settings, staffed.storage).freeze()
    with staffed.storage.reading() as session:
        code = session.scalars(select(Dossier.code)).one()
    plan = {"channel": "post", "who": "Noor", "place": "There", "on": today()}
    assert editor.post(f"/organise/dossiers/{code}/deliveries", plan).status_code == 422
    assert editor.post(f"/organise/dossiers/{code}/cancel").status_code == 302
    Jobs(staffed.settings, staffed.storage).build()
    assert "Print again" in editor.get(TAB).text
    assert editor.post(f"/organise/dossiers/{code}/again").status_code == 302
    Jobs(staffed.settings, staffed.storage).build()
    assert "Volume 1" in editor.get(TAB).text


def test_a_form_with_an_error_is_shown_again_with_what_was_typed(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    code = printed(staffed, editor)
    plan = {"channel": "fax", "who": " ", "place": "Room 5", "on": ""}
    answer = editor.post(f"/organise/dossiers/{code}/deliveries", plan)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert [it["href"] for it in page.all("a") if it["href"].startswith(f"#{code}")] == [f"#{code}-on"]
    answer = editor.post(f"/organise/dossiers/{code}/deliveries", {**plan, "on": today()})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one(id=f"{code}-who-error").text == "Enter who delivers it."
    assert page.one(id=f"{code}-place")["value"] == "Room 5"
    assert page.one("option", value="fax").get("selected") is not None

    there = planned(editor, code)
    answer = editor.post(f"{there}/dispatch", {"on": "2999-01-01", "tracking": "RR 7"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one(id="dispatch-on")["aria-describedby"] == "dispatch-on-error"
    assert page.one(id="dispatch-tracking")["value"] == "RR 7"
    editor.post(f"{there}/dispatch", {"on": today()})

    came_back = {"status": "returned", "on": today(), "reason": "Gone away", "scan": scan()}
    answer = editor.post(f"{there}/end", came_back)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert [it["href"] for it in page.all("a") if it["href"].startswith("#end")] == ["#end-next_step", "#end-scan"]
    assert page.one("textarea", id="end-reason").text == "Gone away"
    assert page.one("input", name="status", checked="")["value"] == "returned"
    assert page.one("p", id="end-next_step-error").text == "Enter your next step."
    nonsense = (io.BytesIO(b"no picture"), "scan.png")
    answer = editor.post(f"{there}/end", {**came_back, "next_step": "Try the embassy", "scan": nonsense})
    assert answer.status_code == 422
    assert "Use a PDF, JPEG or PNG file" in Page(answer.text).one("p", id="end-scan-error").text

    answer = editor.post(f"{there}/reply", {"on": today(), "text": " ", "shown": "text"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one("p", id="reply-text-error").text.startswith("Enter the text of the reply")
    assert page.one("input", name="shown", checked="")["value"] == "text"
    with staffed.storage.reading() as session:
        delivery = session.scalars(select(Delivery)).one()
    assert (delivery.status, delivery.ended_on, delivery.reply_on) == ("dispatched", None, None)


def test_what_goes_by_fax_is_letter_appeal_and_totals_without_a_name(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor = desk(Role.EDITOR)
    code = printed(staffed, editor)
    there = planned(editor, code, "fax")
    told = editor.read(there).text
    fax = texts(editor.get(f"{there}/fax.pdf").data)
    volume = texts(editor.get(f"/organise/dossiers/{code}/volumes/1.pdf").data)
    pages = [n for n, it in enumerate(volume, 1) if it in fax]
    assert f"Download the {len(fax)} pages to fax" in told
    assert f"pages {', '.join(map(str, pages))} of the volume" in told
    assert pages[0] == 1
    assert "Stop forced returns." in "".join(fax)
    assert "Where they live" in "".join(fax)
    assert "Contents" not in "".join(fax)
    assert "Ada Lovelace" in "".join(volume)
    assert "Ada Lovelace" not in "".join(fax)


def test_a_mail_carries_the_volume_or_a_link_and_the_page_says_which(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor = desk(Role.EDITOR)
    there = planned(editor, printed(staffed, editor), "email")
    page = editor.read(there)
    assert "under 0.1 MB, which fits in one e-mail (8 MB at most)" in page.text
    assert [it for it in page.links if it.endswith("/volumes/1.pdf")]
    with staffed.storage.writing() as session:
        session.execute(update(DossierVolume).values(bytes=9 * 1024 * 1024))
    page = editor.read(there)
    assert "9 MB, which is more than fits in one e-mail (8 MB)" in page.text
    assert [it.text for it in page.all("button", class_="button")].count("Create link") == 1


def test_those_who_asked_are_told_of_a_delivery_in_their_languages_once_an_organiser_has_read_it(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor = desk(Role.EDITOR)
    there = planned(editor, printed(staffed, editor))
    editor.post(f"{there}/dispatch", {"on": today()})
    assert "tell the" not in editor.read(there).text.casefold()  # nobody asked for updates
    with staffed.storage.writing() as session:
        for signature, locale in zip(session.scalars(select(Signature)), ("ur", "fr", "ur"), strict=True):
            signature.updates, signature.locale = True, locale
    assert "tell the 3 supporters who asked for updates" in editor.read(there).text
    lost = {"status": "failed", "on": today(), "reason": "Lost", "next_step": "Again", "tell": "yes"}
    assert (
        Page(editor.post(f"{there}/end", lost).text)
        .one("p", id="end-tell-error")
        .text.startswith("You can tell supporters only")
    )

    answer = editor.post(f"{there}/end", {"status": "delivered", "on": today(), "scan": scan(), "tell": "yes"})
    draft = str(answer.location)
    assert draft.startswith("/organise/actions/renew-the-cards/updates/")
    page = editor.read(draft)
    assert page.one("input", id="subject-en")["value"] == "Delivered to Sample Minister"
    english = page.one("textarea", id="body-en").text
    assert (
        "the signature book with 3 signatures was delivered to Sample Minister. We sent it by post. We have a receipt"
        in english
    )
    assert page.one("textarea", id="body-ur").text not in ("", english)
    assert page.one("textarea", id="body-fr").text not in ("", english)
    assert not page.all("textarea", id="body-es")
    with staffed.storage.reading() as session:
        assert session.scalars(select(Update.status)).all() == ["draft"]
    admin = desk(Role.ADMIN)  # who drafted it does not send it
    admin.read(draft)
    assert admin.post(f"{draft}/queue", {"sure": "yes"}).status_code == 302

    editor.read(there)
    secret = {"on": today(), "text": "Between *us*", "shown": "nothing", "tell": "yes"}
    assert editor.post(f"{there}/reply", secret).status_code == 422
    editor.post(f"{there}/reply", {**secret, "shown": "text"})
    assert agreed(desk(Role.REVIEWER)) == 1
    editor.read(there)
    answer = editor.post(f"{there}/reply", {**secret, "shown": "text"})
    page = editor.read(str(answer.location))
    assert page.one("input", id="subject-en")["value"] == "A reply from Sample Minister"
    assert "Between \\*us\\*" in page.one("textarea", id="body-en").text


def test_who_may_send_nothing_is_not_asked_whether_to_tell(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    there = planned(editor, printed(staffed, editor))
    editor.post(f"{there}/dispatch", {"on": today()})
    with staffed.storage.writing() as session:
        session.execute(update(Signature).values(updates=True))
    assert "Save" not in desk(Role.VIEWER).read(there).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_who_may_deliver_is_offered_it(desk: Callable[[Role], Desk], role: Role) -> None:
    assert "Create and print" not in desk(role).get(TAB).text


@pytest.mark.parametrize("tag", ["1", "xx", "../en", "e" * 300])
def test_a_book_in_a_language_that_there_is_not_is_refused_and_none_is_made(
    staffed: Site, desk: Callable[[Role], Desk], tag: str
) -> None:
    assert desk(Role.ADMIN).post(TAB, {"official": 1, "language": tag, "boxes": "1"}).status_code == 404
    Jobs(staffed.settings, staffed.storage).freeze()
    with staffed.storage.reading() as session:
        assert session.scalars(select(Dossier.code)).all() == []

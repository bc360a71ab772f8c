"""A dossier from the browser: frozen, printed, on its way, received, answered; readers see what happened."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from campaign import clock
from campaign.appeals import confirming
from campaign.appeals.signing import sign
from campaign.cases import lifecycle
from campaign.jobs import Jobs
from campaign.office import audit
from campaign.storage.tables import AuditEvent, Delivery, Dossier, Signature
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk
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
    with site.storage.reading() as session:
        code = session.scalars(select(Dossier.code)).one()
    now = desk.get(f"/organise/dossiers/{code}/progress").json
    assert now is not None and now["status"] == "waiting"
    Jobs(site.settings, site.storage).build()
    desk.read(TAB)
    return code


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
    assert staffed.client.get(there.replace("/organise/deliveries", "/replies")).mimetype == "image/png"
    assert editor.post(f"{there}/answered").status_code == 302

    with staffed.storage.reading() as session:
        delivery = session.scalars(select(Delivery)).one()
        told = session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)).all()
        assert audit.faults(session, staffed.storage.vault) == []
    assert (delivery.status, delivery.tracking, delivery.reply_text) == ("delivered", "RR 1", "We shall see.")
    assert told[-6:] == [
        "dossier frozen",
        "delivery planned",
        "delivery dispatched",
        "delivery delivered",
        "reply recorded",
        "reply answered",
    ]


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
    reply = there.replace("/organise/deliveries", "/replies")
    assert (staffed.client.get(link).status_code, staffed.client.get(reply).status_code) == (200, 200)
    with staffed.storage.writing() as session:
        lifecycle.stop(session, "renew-the-cards", {"en": "She is in danger."}, clock.now())
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
    with staffed.storage.reading() as session:
        code = session.scalars(select(Dossier.code)).one()
    plan = {"channel": "post", "who": "Noor", "place": "There", "on": today()}
    assert editor.post(f"/organise/dossiers/{code}/deliveries", plan).status_code == 422
    assert editor.post(f"/organise/dossiers/{code}/cancel").status_code == 302
    Jobs(staffed.settings, staffed.storage).build()
    assert "Print it after all" in editor.get(TAB).text
    assert editor.post(f"/organise/dossiers/{code}/again").status_code == 302
    Jobs(staffed.settings, staffed.storage).build()
    assert "Volume 1" in editor.get(TAB).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_who_may_deliver_is_offered_it(desk: Callable[[Role], Desk], role: Role) -> None:
    assert "Freeze and print" not in desk(role).get(TAB).text

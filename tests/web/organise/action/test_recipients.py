"""Officials of an action under whom people have signed: only a successor in office takes their place."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from campaign.storage.tables import Official, SignedText
from campaign.vocabulary import CorrectionKind, Role
from tests import made
from tests.conftest import Site
from tests.delivery.signed import sign_all
from tests.web.conftest import SLUG
from tests.web.organise.conftest import Desk, agreed
from tests.web.reading import Page

PATH = f"/organise/actions/{SLUG}/officials/"
SUCCESSOR = "Another Minister"
REASON = "The minister left the office on 3 June."


def entered(site: Site, **values: object) -> int:
    with site.storage.writing() as session:
        official = made.official(**values)
        session.add(official)
        session.flush()
        return official.id


def asked(site: Site) -> str:
    return Page(site.fresh().client.get(f"/en/actions/{SLUG}").text).text


def test_before_anyone_has_signed_officials_are_simply_added_and_removed(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    entered(staffed, name=SUCCESSOR)
    assert "Someone new holds an office" not in desk(Role.EDITOR).read(PATH).text


def test_a_successor_in_office_takes_the_place_once_someone_else_has_seen_it_and_readers_see_why(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    successor = entered(staffed, name=SUCCESSOR)
    abroad = entered(staffed, name="Minister Abroad", country="FR")
    sign_all(staffed.storage)
    who = desk(Role.EDITOR)
    offered = [it["value"] for it in who.read(PATH).all("option")]
    assert str(successor) in offered
    assert str(abroad) not in offered
    form = {"official": "1", "successor": str(successor), "reason": REASON}
    assert who.post(f"{PATH}succeed", form).status_code == 302
    assert SUCCESSOR not in asked(staffed)

    assert agreed(desk(Role.REVIEWER)) == 1
    page = asked(staffed)
    assert SUCCESSOR in page
    assert "Sample Minister" not in page
    assert REASON in page
    with staffed.storage.reading() as session:
        kept = session.scalars(select(SignedText).order_by(SignedText.version)).all()
    assert [it.kind for it in kept] == [None, CorrectionKind.SUCCESSOR]
    assert "replaced an official by the successor" in who.read(f"/organise/audit/actions/{SLUG}").text


def test_a_successor_without_a_reason_or_of_another_country_is_refused_and_nothing_changes(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    successor = entered(staffed, name=SUCCESSOR)
    abroad = entered(staffed, name="Minister Abroad", country="FR")
    sign_all(staffed.storage)
    who = desk(Role.EDITOR)
    who.read(PATH)
    for form, said in (
        ({"official": "1", "successor": str(successor), "reason": " "}, "Say what is corrected and why."),
        ({"official": "1", "successor": str(abroad), "reason": REASON}, "an office of the same country"),
        ({"official": "1", "successor": "", "reason": REASON}, "not in the directory"),
        ({"official": "999", "successor": str(successor), "reason": REASON}, "not part of the action"),
    ):
        answer = who.post(f"{PATH}succeed", form)
        assert answer.status_code in {404, 409, 422}, form
        assert said in answer.text, form
    with staffed.storage.reading() as session:
        assert session.get_one(Official, 1).name == "Sample Minister"
    assert "Sample Minister" in asked(staffed)

"""Tags: the office's own words on an action, kept from version to version and from readers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.cases import tags
from campaign.cases.lifecycle import discarding
from campaign.cases.writing import drafts, further_information, particulars
from campaign.cases.writing.particulars import Particulars
from campaign.cases.writing.texts import Form
from campaign.office import audit, search
from campaign.office.audit import COMMAND_LINE
from campaign.publication.as_json import public_json
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.made import NOON

SLUG = "renew-the-cards"


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("", []),
        (" , ,", []),
        ("cards, partner: X", ["cards", "partner: X"]),
        ("cards،  کارڈز", ["cards", "کارڈز"]),
        # Without case, in composed form; the first spelling stays.
        ("Cards, CARDS, cards", ["Cards"]),
        ("Cafe\u0301, caf\u00e9", ["Caf\u00e9"]),
        ("Straße, STRASSE", ["Straße"]),
        # Nothing that hides or turns what stands beside it.
        ("ca\u202erds\u200b, a\x00b", ["cards", "a b"]),
        ("one  two\n three", ["one two three"]),
    ],
)
def test_tags_are_read_as_they_are_typed_each_once(written: str, listed: list[str]) -> None:
    assert tags.listed(written) == listed


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (", ".join(f"tag {n}" for n in range(12)), None),
        (", ".join(f"tag {n}" for n in range(13)), "Use at most 12 tags."),
        ("x" * 40, None),
        ("x" * 41, "Use at most 40 characters in each tag."),
    ],
)
def test_an_action_has_twelve_tags_of_forty_characters_at_most(written: str, said: str | None) -> None:
    assert particulars.faults(Particulars(tags=written)).get("tags") == said


def action(storage: Storage, **values: object) -> None:
    with storage.writing() as session:
        made.action(session, **values)  # type: ignore[arg-type]


def tag(storage: Storage, written: str) -> None:
    with storage.writing() as session:
        given = replace(particulars.typed(session.scalars(select(Action)).one()), tags=written)
        token = particulars.typed(session.scalars(select(Action)).one()).edit_token
        form = Form(0, {"particulars": token})
        particulars.save(session, storage.vault, COMMAND_LINE, SLUG, form, given, NOON)


@pytest.mark.databases
def test_tags_are_changed_with_the_details_and_the_audit_trail_says_how(storage: Storage) -> None:
    action(storage)
    tag(storage, "cards,  Partner: X,cards")
    tag(storage, "Cards")
    with storage.reading() as session:
        assert session.scalars(select(Action)).one().tags == ["Cards"]
        events = session.scalars(select(AuditEvent).where(AuditEvent.what == "details changed")).all()
    assert [json.loads(it.after) for it in events] == [{"tags": "cards, Partner: X"}, {"tags": "Cards"}]
    assert json.loads(events[1].before) == {"tags": "cards, Partner: X"}


def test_tags_alone_leave_an_approval_and_a_goal_with_them_does_not(storage: Storage) -> None:
    action(storage, status=ActionStatus.IN_REVIEW, approved_at=NOON, submitted_at=NOON)
    tag(storage, "cards")
    with storage.reading() as session:
        assert session.scalars(select(Action.approved_at)).one() is not None
    with storage.writing() as session:
        was = particulars.typed(session.scalars(select(Action)).one())
        form = Form(0, {"particulars": was.edit_token})
        given = replace(was, tags="cards, more", goal="900")
        particulars.save(session, storage.vault, COMMAND_LINE, SLUG, form, given, NOON)
    with storage.reading() as session:
        assert session.scalars(select(Action.approved_at)).one() is None
        why = session.scalars(select(AuditEvent.reason).where(AuditEvent.what == "approval withdrawn")).one()
    assert why == "changed: goal"


def test_a_copy_and_the_next_action_of_a_chain_keep_the_tags(storage: Storage) -> None:
    action(storage, tags=["cards", "partner: X"])
    with storage.writing() as session:
        copy = drafts.copied(session, storage.vault, COMMAND_LINE, SLUG, NOON, same_case=True)
        following = further_information.follow(session, storage.vault, COMMAND_LINE, SLUG, NOON)
        assert copy.tags == following.tags == ["cards", "partner: X"]


@pytest.mark.databases
def test_tags_in_use_are_those_of_every_action_that_is_not_discarded(storage: Storage) -> None:
    action(storage, tags=["Cards", "north"])
    action(storage, slug="another", tags=["CARDS"], previous_id=None)
    action(storage, slug="without")
    action(storage, slug="discarded", tags=["gone"], status=ActionStatus.DRAFT, discarded_at=NOON)
    with storage.reading() as session:
        in_use = [(it.tag, it.action_ids) for it in tags.in_use(session)]
    assert in_use == [("Cards", (1, 2)), ("north", (1,))]


@pytest.mark.databases
def test_an_action_is_found_by_its_tag_until_it_has_it_no_longer(storage: Storage) -> None:
    action(storage, tags=["Überblick"])

    def found(sought: str) -> int:
        with storage.reading() as session:
            return sum(it.total for it in search.search(session, Role.VIEWER, sought, 10))

    assert found("uberblick") == 1
    tag(storage, "")
    assert found("uberblick") == 0


def test_a_discarded_draft_loses_its_tags_with_its_words(storage: Storage) -> None:
    action(storage, status=ActionStatus.DRAFT, opened_at=None, tags=["cards"])
    with storage.writing() as session:
        discarding.discard(session, storage.vault, audit.COMMAND_LINE, SLUG, NOON)
    with storage.writing() as session:
        discarding.empty_old(session, NOON + timedelta(days=31))
    with storage.reading() as session:
        assert session.scalars(select(Action)).one().tags == []


def test_what_readers_get_of_an_action_is_the_same_with_tags_and_without(storage: Storage) -> None:
    action(storage)

    def public() -> str:
        with storage.reading() as session:
            return json.dumps(public_json(published(session, SLUG, "en")), default=str)

    before = public()
    tag(storage, "zanzibar")
    assert public() == before
    assert "zanzibar" not in public()

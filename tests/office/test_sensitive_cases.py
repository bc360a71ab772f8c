"""Sensitive cases: who closes one, who is named, who comes in unasked, and what happens when people leave."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from campaign.cases.slugs import free_slug
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.office import audit, digest, organisers, ownership, review_mails, search, sensitive_cases, tasks
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.office.tasks import Wanted
from campaign.officials import directory, duplicates
from campaign.storage import Storage, sight
from campaign.storage.tables import Action, AuditEvent, Case, CaseReader, Message, Official, Recipient, Watcher
from campaign.vocabulary import MessageKind, Role
from tests import made

pytestmark = pytest.mark.databases

SLUG, OTHER, NOON = "renew-the-cards", "free-the-fishers", made.NOON
ADA, EVE, ROB, VIC = Actor(1, "Ada"), Actor(2, "Eve"), Actor(3, "Rob"), Actor(4, "Vic")


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    """Ada is admin, Eve edits, Rob reviews, Vic only looks; two actions, each in a case of its own."""
    with storage.writing() as session:
        for name, role in (("Ada", Role.ADMIN), ("Eve", Role.EDITOR), ("Rob", Role.REVIEWER), ("Vic", Role.VIEWER)):
            who = Invitee(name, f"{name.lower()}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, NOON).password = "chosen"
        for slug in (SLUG, OTHER):
            made.action(session, slug, (NOON + timedelta(days=1)).date()).case.events = []
    return storage


def close(storage: Storage, named: Collection[int] = (), actor: Actor = EVE) -> None:
    with storage.writing() as session:
        sensitive_cases.close(session, storage.vault, actor, SLUG, named, NOON)


def seen(storage: Storage, organiser_id: int | None) -> list[str]:
    with storage.seen_by(organiser_id).reading() as session:
        return sorted(session.scalars(select(Case.slug)))


def readers(storage: Storage) -> list[tuple[str, bool]]:
    with storage.reading() as session:
        return [(it.name, it.uninvited) for it in sensitive_cases.read(session, 1).readers]


def told(storage: Storage, what: str) -> list[tuple[str, str | None, str | None]]:
    with storage.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.what == what).order_by(AuditEvent.id))
        return [(it.who, it.after, it.reason) for it in events]


@pytest.mark.parametrize(
    ("organiser_id", "sensitive", "named", "sees"),
    [(2, False, set(), True), (2, True, {2, 3}, True), (2, True, {3}, False), (None, True, {3}, False)],
)
def test_a_sensitive_case_is_seen_by_who_is_named(
    organiser_id: int | None, sensitive: bool, named: set[int], sees: bool
) -> None:
    assert sight.sees(organiser_id, sensitive, named) is sees


def test_who_closes_a_case_stays_named_and_everyone_else_sees_nothing_of_it_admins_too(staffed: Storage) -> None:
    close(staffed, [4])
    assert readers(staffed) == [("Eve", False), ("Vic", False)]
    assert [seen(staffed, it) for it in (1, 2, 3, 4, None)] == [[OTHER], [OTHER, SLUG], [OTHER], [OTHER, SLUG], [OTHER]]
    assert told(staffed, "case made sensitive") == [("Eve", '{"readers": ["Eve", "Vic"]}', None)]
    with pytest.raises(Conflict):
        close(staffed)
    with staffed.seen_by(1).writing() as session, pytest.raises(Unknown):
        sensitive_cases.name(session, staffed.vault, ADA, SLUG, 1, NOON)


def test_the_trail_says_nothing_of_it_to_others_and_stays_whole(staffed: Storage) -> None:
    close(staffed)
    with staffed.seen_by(1).reading() as session:
        assert "case made sensitive" not in session.scalars(select(AuditEvent.what)).all()
    with staffed.seen_by(2).reading() as session:
        assert "case made sensitive" in session.scalars(select(AuditEvent.what)).all()
    with staffed.reading() as session:
        assert audit.faults(session, staffed.vault) == []


def test_somebody_who_can_edit_always_stays_named(staffed: Storage) -> None:
    close(staffed, [3, 4])
    with staffed.writing() as session:
        sensitive_cases.strike(session, staffed.vault, EVE, SLUG, 3, NOON)
    with pytest.raises(Refused, match="must stay named"), staffed.writing() as session:
        sensitive_cases.strike(session, staffed.vault, EVE, SLUG, 2, NOON)
    assert readers(staffed) == [("Eve", False), ("Vic", False)]
    with staffed.writing() as session:
        sensitive_cases.name(session, staffed.vault, EVE, SLUG, 1, NOON)
        sensitive_cases.strike(session, staffed.vault, EVE, SLUG, 2, NOON)
    assert readers(staffed) == [("Ada", False), ("Vic", False)]
    assert [who for who, *_ in told(staffed, "reader removed")] == ["Eve", "Eve"]


def test_it_is_opened_to_everyone_with_a_reason(staffed: Storage) -> None:
    close(staffed)
    with pytest.raises(Refused), staffed.writing() as session:
        sensitive_cases.reopen(session, staffed.vault, EVE, SLUG, "  ", NOON)
    with staffed.writing() as session:
        sensitive_cases.reopen(session, staffed.vault, EVE, SLUG, "The family is safe abroad.", NOON)
    assert seen(staffed, None) == [OTHER, SLUG]
    assert readers(staffed) == []
    assert told(staffed, "case opened to every organiser") == [("Eve", None, "The family is safe abroad.")]


@pytest.mark.parametrize("which", [SLUG, "UA 56/25"])
def test_an_admin_comes_in_with_a_reason_and_all_who_are_named_are_told(staffed: Storage, which: str) -> None:
    close(staffed, [3])
    with staffed.seen_by(1).writing() as session:
        session.execute(update(Action).where(Action.slug == OTHER).values(serial=57))
        slug = sensitive_cases.let_in(session, staffed.vault, ADA, which, "Eve is ill.", NOON)
    assert slug == SLUG
    assert readers(staffed) == [("Ada", True), ("Eve", False), ("Rob", False)]
    assert told(staffed, "sensitive case entered") == [("Ada", None, "Eve is ill.")]
    with staffed.reading() as session:
        mails = session.execute(select(Message.organiser_id, Message.kind).order_by(Message.organiser_id)).all()
        assert [tuple(it) for it in mails] == [(2, MessageKind.REVIEW), (3, MessageKind.REVIEW)]
        assert [it.who for it in sensitive_cases.entered(session, 2, NOON)] == ["Ada"]
        assert sensitive_cases.entered(session, 2, NOON + timedelta(days=4)) == ()
        assert sensitive_cases.entered(session, 1, NOON) == sensitive_cases.entered(session, 4, NOON) == ()


@pytest.mark.parametrize(
    ("actor", "which", "reason", "error"),
    [
        (EVE, SLUG, "why", Forbidden),
        (ADA, SLUG, "", Refused),
        (ADA, "no-such-case", "why", Unknown),
        (ADA, OTHER, "why", Unknown),  # not sensitive
        (ADA, 1, "why", Unknown),  # by its number only where nobody is left
    ],
)
def test_nobody_comes_in_otherwise(
    staffed: Storage, actor: Actor, which: str | int, reason: str, error: type[Exception]
) -> None:
    close(staffed, [3])
    with pytest.raises(error), staffed.seen_by(actor.id).writing() as session:
        sensitive_cases.let_in(session, staffed.vault, actor, which, reason, NOON)
    assert readers(staffed) == [("Eve", False), ("Rob", False)]


def test_a_case_whose_people_have_left_is_not_lost(staffed: Storage) -> None:
    close(staffed)
    with staffed.seen_by(1).writing() as session:
        assert sensitive_cases.left(session) == ()
        organisers.set_active(session, staffed.vault, ADA, 2, False, NOON)
    with staffed.seen_by(1).writing() as session:
        assert [it.case_id for it in sensitive_cases.left(session)] == [1]
        assert sensitive_cases.let_in(session, staffed.vault, ADA, 1, "Eve has left.", NOON) == SLUG
    assert seen(staffed, 1) == [OTHER, SLUG]


def test_who_is_not_named_owns_watches_and_has_nothing_there_and_is_offered_for_nothing(staffed: Storage) -> None:
    with staffed.writing() as session:
        ownership.set_owner(session, staffed.vault, EVE, SLUG, 1, None, NOON)
        ownership.set_owner(session, staffed.vault, EVE, OTHER, 1, None, NOON)
        for slug in (SLUG, OTHER):
            ownership.watch(session, staffed.vault, EVE, slug, 4, NOON)
        tasks.add(session, staffed.vault, EVE, SLUG, Wanted("Ring the lawyer", NOON.date(), 4), NOON)
    close(staffed, [3])
    with staffed.reading() as session:
        assert dict(session.execute(select(Action.slug, Action.owner_id)).all()) == {SLUG: None, OTHER: 1}
        assert session.scalars(select(Watcher.action_id)).all() == [2]
        assert [it.organiser_id for it in tasks.of_action(session, 1, NOON)] == [None]
        assert [it.name for it in ownership.read(session, 1).everyone] == ["Eve", "Rob"]
        assert [it.name for it in ownership.read(session, 2).everyone] == ["Ada", "Eve", "Rob", "Vic"]
    for refused in (
        lambda session: ownership.watch(session, staffed.vault, EVE, SLUG, 4, NOON),
        lambda session: ownership.set_owner(session, staffed.vault, EVE, SLUG, 1, None, NOON),
        lambda session: tasks.add(session, staffed.vault, EVE, SLUG, Wanted("Ring", NOON.date(), 4), NOON),
    ):
        with pytest.raises(Refused, match="works here"), staffed.writing() as session:
            refused(session)


def test_who_leaves_owns_nothing_any_more_also_where_who_ends_their_access_sees_nothing(staffed: Storage) -> None:
    close(staffed, [3])
    with staffed.writing() as session:
        ownership.set_owner(session, staffed.vault, EVE, SLUG, 2, None, NOON)
    with staffed.seen_by(1).writing() as session:
        organisers.set_active(session, staffed.vault, ADA, 2, False, NOON)
    with staffed.reading() as session:
        assert session.scalar(select(Action.owner_id).where(Action.slug == SLUG)) is None


def test_mails_to_organisers_tell_of_it_to_those_who_are_named(staffed: Storage) -> None:
    with staffed.writing() as session:
        session.execute(update(Action).values(deadline=NOON.date()))
    close(staffed)
    noon_of_office = NOON
    for organiser_id, slugs in ((1, [OTHER]), (2, [OTHER, SLUG])):
        with staffed.seen_by(organiser_id).reading() as session:
            assert sorted({it.slug for it in digest.digest(session, noon_of_office, organiser_id).all}) == slugs
    with staffed.writing() as session:
        session.execute(update(Action).where(Action.slug == OTHER).values(deadline=date(2026, 1, 1)))
        # Eve alone has anything to be told of.
        assert digest.owe(session, NOON) == 1
        assert session.scalars(select(Message.organiser_id)).all() == [2]
    with staffed.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == SLUG)).one()
        assert review_mails.owe(session, action, NOON) == 1
        other = session.scalars(select(Action).where(Action.slug == OTHER)).one()
        assert review_mails.owe(session, other, NOON) == 3


def test_search_counts_and_finds_it_for_those_who_are_named(staffed: Storage) -> None:
    close(staffed)
    found = []
    for organiser_id in (1, 2):
        with staffed.seen_by(organiser_id).reading() as session:
            results = search.search(session, Role.ADMIN, "renew cards", 10)
            found.append({str(it.kind): (it.total, sorted(one.slug or "" for one in it.results)) for it in results})
            assert search.cases(session, Role.ADMIN, "renew cards") == ({2} if organiser_id == 1 else {1, 2})
    assert found[0]["action"] == (1, [OTHER])
    assert found[1]["action"] == (2, [OTHER, SLUG])


def test_a_name_that_it_has_is_given_to_nothing_else(staffed: Storage) -> None:
    close(staffed)
    with staffed.seen_by(1).reading() as session:
        assert free_slug(session, "Renew the cards") == "renew-the-cards-2"


def test_an_official_is_merged_in_it_too(staffed: Storage) -> None:
    close(staffed)
    with staffed.writing() as session:
        empty: dict[str, object] = {"title": {}, "office": {}, "salutation": {}, "address": [], "channels": {}}
        kept = Official(name="The minister", country="PK", emails=[], languages=[], **empty)
        session.add(kept)
        session.flush()
        gone = session.scalars(select(Recipient.official_id).where(Recipient.action_id == 1)).one()
        kept_id = kept.id
    with staffed.seen_by(1).writing() as session, sight.everything(session):
        revisions = tuple(directory.one(session, it).revision for it in (kept_id, gone))
        duplicates.merge(session, staffed.vault, ADA, kept_id, gone, (revisions[0], revisions[1]), NOON)
    with staffed.reading() as session:
        assert session.scalars(select(Recipient.official_id).where(Recipient.action_id == 1)).all() == [kept_id]


def test_no_name_is_kept_twice(staffed: Storage) -> None:
    close(staffed, [2, 2])
    with staffed.writing() as session:
        sensitive_cases.name(session, staffed.vault, EVE, SLUG, 2, NOON)
    with staffed.reading() as session:
        assert session.scalars(select(CaseReader.organiser_id)).all() == [2]

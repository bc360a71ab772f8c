"""Whose an action is: one owner who may edit, any number who watch it, and what each calls their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from campaign.errors import Conflict, Refused
from campaign.office import organisers, ownership, tasks
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.office.tasks import Wanted
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Organiser, Task
from campaign.vocabulary import Role
from tests import made

pytestmark = pytest.mark.databases

SLUG = "renew-the-cards"


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    """Ada (1) is an admin, Eve (2) an editor, Rob (3) a reviewer; there is one action, which nobody owns."""
    with storage.writing() as session:
        for name, role in (("Ada", Role.ADMIN), ("Eve", Role.EDITOR), ("Rob", Role.REVIEWER)):
            who = Invitee(name, f"{name.lower()}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON)
        made.action(session, SLUG)
    return storage


ADA = Actor(1, "Ada")


def give(storage: Storage, owner: int | None, was: int | None = None) -> None:
    with storage.writing() as session:
        ownership.set_owner(session, storage.vault, ADA, SLUG, owner, was, made.NOON)


def looked_after(storage: Storage) -> tuple[str | None, list[str]]:
    with storage.reading() as session:
        people = ownership.read(session, session.scalars(select(Action.id).where(Action.slug == SLUG)).one())
    return people.owner.name if people.owner else None, [it.name for it in people.watchers]


def trail(storage: Storage) -> list[tuple[str, str | None, str | None]]:
    with storage.reading() as session:
        events = session.execute(
            select(AuditEvent.what, AuditEvent.before, AuditEvent.after)
            .where(AuditEvent.action_id.is_not(None))
            .order_by(AuditEvent.id)
        )
        return [(what, before, after) for what, before, after in events]


def test_an_action_has_one_owner_and_the_trail_says_who_it_was_before(staffed: Storage) -> None:
    give(staffed, 2)
    give(staffed, 1, was=2)
    assert looked_after(staffed) == ("Ada", [])
    assert trail(staffed) == [
        ("owner changed", '{"owner": null}', '{"owner": "Eve"}'),
        ("owner changed", '{"owner": "Eve"}', '{"owner": "Ada"}'),
    ]


def test_of_two_who_change_the_owner_at_once_one_is_told(staffed: Storage) -> None:
    give(staffed, 2)
    with pytest.raises(Conflict, match="Someone else changed the owner meanwhile"):
        give(staffed, 1, was=None)
    assert looked_after(staffed) == ("Eve", [])


def test_who_may_not_edit_owns_nothing_and_can_watch(staffed: Storage) -> None:
    with pytest.raises(Refused):
        give(staffed, 3)
    with staffed.writing() as session:
        ownership.watch(session, staffed.vault, Actor(3, "Rob"), SLUG, 3, made.NOON)
        ownership.watch(session, staffed.vault, Actor(3, "Rob"), SLUG, 3, made.NOON)
        ownership.watch(session, staffed.vault, ADA, SLUG, 2, made.NOON)
        ownership.unwatch(session, staffed.vault, ADA, SLUG, 2, made.NOON)
    assert looked_after(staffed) == (None, ["Rob"])
    assert [what for what, *_ in trail(staffed)] == ["watching started", "watcher added", "watcher removed"]


def test_who_has_left_owns_and_watches_nothing_and_their_tasks_are_the_owners(staffed: Storage) -> None:
    give(staffed, 2)
    with staffed.writing() as session:
        ownership.watch(session, staffed.vault, ADA, SLUG, 2, made.NOON)
        tasks.add(session, staffed.vault, ADA, SLUG, Wanted("Call", made.NOON.date(), 2), made.NOON)
        organisers.set_active(session, staffed.vault, ADA, 2, False, made.NOON)
    assert looked_after(staffed) == (None, [])
    assert trail(staffed)[-1] == ("owner changed", '{"owner": "Eve"}', '{"owner": null}')
    with staffed.writing() as session:
        assert session.scalars(select(Task.organiser_id)).all() == [None]
        organisers.set_active(session, staffed.vault, ADA, 2, True, made.NOON)
    assert looked_after(staffed) == (None, [])
    with staffed.writing() as session:
        session.get_one(Organiser, 2).active = False
    with pytest.raises(Refused):
        give(staffed, 2)


def test_who_may_no_longer_edit_owns_nothing_and_goes_on_watching(staffed: Storage) -> None:
    give(staffed, 2)
    with staffed.writing() as session:
        ownership.watch(session, staffed.vault, ADA, SLUG, 2, made.NOON)
        organisers.change_role(session, staffed.vault, ADA, 2, Role.REVIEWER, made.NOON)
    assert looked_after(staffed) == (None, ["Eve"])


def test_mine_is_what_one_owns_watches_or_submitted_and_nothing_else(staffed: Storage) -> None:
    with staffed.writing() as session:
        made.action(session, "owned", owner_id=2)
        made.action(session, "submitted", submitted_by_id=2)
        made.action(session, "watched", owner_id=1)
        ownership.watch(session, staffed.vault, ADA, "watched", 2, made.NOON)
    with staffed.reading() as session:
        ids = dict(session.execute(select(Action.id, Action.slug)).all())  # type: ignore[arg-type]
        own = ownership.mine_among(session, 2, ids.keys())
    assert sorted(ids[it] for it in own) == ["owned", "submitted", "watched"]

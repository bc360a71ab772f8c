"""One change to several actions: each by the rule that it has alone, one entry of the trail, and back again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from campaign.cases import several
from campaign.cases.several import Doing, Done, Left, Wanted
from campaign.errors import Refused
from campaign.office import audit_reading, organisers, sensitive_cases
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.audit_reading import Narrowed
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Organiser
from campaign.vocabulary import ActionStatus, Role
from tests import made

pytestmark = pytest.mark.databases

EVE, ROB = Actor(1, "Eve"), 2
EACH = ("one", "two", "three")


@pytest.fixture
def three(storage: Storage) -> Storage:
    """Eve edits, Rob reviews, Ida edits; three actions: open, closed, stopped. Ida owns the second."""
    with storage.writing() as session:
        for name, role in (("Eve", Role.EDITOR), ("Rob", Role.REVIEWER), ("Ida", Role.EDITOR)):
            who = Invitee(name, f"{name.lower()}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON)
        for slug, status in zip(
            EACH, (ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.STOPPED), strict=True
        ):  # fmt: skip
            made.action(session, slug, date(2025, 9, 1), status, serial=EACH.index(slug) + 1).texts[0].title = slug
        session.execute(update(Action).where(Action.slug == "two").values(owner_id=3))
    return storage


def perform(storage: Storage, wanted: Wanted, slugs: tuple[str, ...] = EACH) -> Done:
    with storage.writing() as session:
        return several.perform(session, storage.vault, EVE, slugs, wanted, made.NOON)


def undo(storage: Storage, done: Done) -> int:
    with storage.writing() as session:
        return several.undo(session, storage.vault, EVE, several.undoing(done), made.NOON)


def tags(storage: Storage) -> list[list[str]]:
    with storage.reading() as session:
        return list(session.scalars(select(Action.tags).order_by(Action.id)))


def owners(storage: Storage) -> list[int | None]:
    with storage.reading() as session:
        return list(session.scalars(select(Action.owner_id).order_by(Action.id)))


def told(storage: Storage, slug: str = "") -> list[str]:
    with storage.reading() as session:
        number = session.scalar(select(Action.id).where(Action.slug == slug))
        lines, _more = audit_reading.page(session, Narrowed(kind="actions", action_id=number), None, 10)
        return [it.told.whole for it in reversed(lines)]


def test_a_tag_goes_onto_those_that_lack_it_and_only_off_those_that_got_it(three: Storage) -> None:
    perform(three, Wanted(Doing.TAG, "Cards"), ("two",))
    done = perform(three, Wanted(Doing.TAG, " cards "))
    assert (list(done.changed), done.already, done.so, done.left) == (["one", "three"], 1, 3, ())
    assert tags(three) == [["cards"], ["Cards"], ["cards"]]
    assert undo(three, done) == 2
    assert tags(three) == [[], ["Cards"], []]


def test_a_tag_comes_off_however_it_is_spelt_and_goes_back_on(three: Storage) -> None:
    perform(three, Wanted(Doing.TAG, "Cards"), ("one", "two"))
    done = perform(three, Wanted(Doing.UNTAG, "CARDS"))
    assert (list(done.changed), done.already) == (["one", "two"], 1)
    assert tags(three) == [[], [], []]
    assert undo(three, done) == 2
    assert tags(three) == [["CARDS"], ["CARDS"], []]


def test_what_one_cannot_take_keeps_no_other_back(three: Storage) -> None:
    with three.writing() as session:
        session.execute(update(Action).where(Action.slug == "one").values(tags=[f"tag {n}" for n in range(12)]))
        session.execute(
            update(Action).where(Action.slug == "three").values(status=ActionStatus.DRAFT, discarded_at=made.NOON)
        )
    done = perform(three, Wanted(Doing.TAG, "cards"))
    assert list(done.changed) == ["two"]
    assert done.left == (
        Left("UA 1/25 one", "Use at most 12 tags."),
        Left("UA 3/25 three", "This draft is discarded. Restore it first."),
    )


def test_who_has_the_details_open_finds_out_that_their_tags_are_old(three: Storage) -> None:
    with three.reading() as session:
        before = list(session.scalars(select(Action.revision).order_by(Action.id)))
    perform(three, Wanted(Doing.TAG, "cards"), ("one",))
    with three.reading() as session:
        assert list(session.scalars(select(Action.revision).order_by(Action.id))) == [before[0] + 1, *before[1:]]


def test_an_owner_is_given_and_each_former_one_comes_back(three: Storage) -> None:
    done = perform(three, Wanted(Doing.OWNER, owner_id=1))
    assert (owners(three), done.owner) == ([1, 1, 1], "Eve")
    # What somebody else changed since is theirs.
    perform(three, Wanted(Doing.OWNER, owner_id=3), ("three",))
    assert undo(three, done) == 2
    assert owners(three) == [None, 3, 3]
    assert perform(three, Wanted(Doing.OWNER)).so == 3
    assert owners(three) == [None, None, None]


def test_only_what_has_ended_is_archived_and_nothing_takes_that_back(three: Storage) -> None:
    done = perform(three, Wanted(Doing.ARCHIVE))
    assert list(done.changed) == ["two", "three"]
    assert done.left == (
        Left("UA 1/25 one", "Only a closed or a stopped action can be archived. This one is open."),
    )  # fmt: skip
    assert several.undoing(done) == ()
    with three.reading() as session:
        reasons = session.execute(select(Action.status, Action.stop_reason).order_by(Action.id)).all()
    assert [tuple(it) for it in reasons] == [
        (ActionStatus.OPEN, None),
        (ActionStatus.ARCHIVED, None),
        (ActionStatus.ARCHIVED, {"en": "Writing about this case could do harm."}),
    ]


@pytest.mark.parametrize(
    ("wanted", "slugs", "why"),
    [
        (Wanted(Doing.TAG, "cards"), (), "Choose at least one action first."),
        (Wanted(Doing.TAG, " "), EACH, "Enter one tag, without a comma."),
        (Wanted(Doing.UNTAG, "a, b"), EACH, "Enter one tag, without a comma."),
        (Wanted(Doing.TAG, "x" * 41), EACH, "Use at most 40 characters in each tag."),
        (Wanted(Doing.OWNER, owner_id=ROB), EACH, "Choose someone who works here and can edit."),
        (Wanted(Doing.OWNER, owner_id=99), EACH, "Choose someone who works here and can edit."),
        (Wanted(Doing.ARCHIVE), ("x",) * 1 + tuple(map(str, range(1_000))), "Choose 1,000 actions at most."),
    ],
)
def test_what_can_be_done_to_none_is_refused_whole(
    three: Storage, wanted: Wanted, slugs: tuple[str, ...], why: str
) -> None:
    with pytest.raises(Refused) as refused:
        perform(three, wanted, slugs)
    assert str(refused.value).replace("1000", "1,000") == why
    assert (tags(three), owners(three), told(three)) == ([[], [], []], [None, 3, None], [])


def test_what_is_there_no_more_is_passed_over_and_what_changes_nothing_is_not_recorded(three: Storage) -> None:
    done = perform(three, Wanted(Doing.UNTAG, "cards"), ("one", "nowhere"))
    assert (done.so, done.changed, told(three)) == (1, {}, [])
    assert undo(three, done) == 0


def test_the_trail_has_one_entry_with_its_members_and_each_finds_it_in_its_history(three: Storage) -> None:
    perform(three, Wanted(Doing.TAG, "cards"))
    perform(three, Wanted(Doing.OWNER, owner_id=1), ("one", "three"))
    perform(three, Wanted(Doing.ARCHIVE), ("two",))
    with three.writing() as session:
        # Of ten and more, none is taken for another: 1 stands in 11 and 12 too.
        made.action(session, "eleven", id=11)
    perform(three, Wanted(Doing.UNTAG, "cards"), ("one",))
    perform(three, Wanted(Doing.TAG, "late"), ("eleven",))
    assert told(three) == [
        "Eve added a tag to several actions: actions: one, two, three; tag: cards.",
        "Eve changed the owner of several actions: actions: one, three; owner: Eve.",
        "Eve archived several actions: actions: two.",
        "Eve removed a tag from several actions: actions: one; tag: cards.",
        "Eve added a tag to several actions: actions: Renew the cards; tag: late.",
    ]
    assert [len(told(three, slug)) for slug in (*EACH, "eleven")] == [3, 2, 2, 1]
    with three.reading() as session:
        assert (
            session.scalars(select(AuditEvent.action_id).where(AuditEvent.object_kind == "actions")).all() == [None] * 5
        )


def test_a_former_owner_who_has_left_stops_the_undoing(three: Storage) -> None:
    done = perform(three, Wanted(Doing.OWNER, owner_id=1))
    with three.writing() as session:
        session.execute(update(Organiser).where(Organiser.id == 3).values(active=False))
    with pytest.raises(Refused, match="works here"):
        undo(three, done)
    assert owners(three) == [1, 1, 1]


def test_of_a_sensitive_case_only_who_is_named_becomes_the_owner_and_its_title_is_in_nobody_elses_trail(
    three: Storage,
) -> None:
    with three.writing() as session:
        sensitive_cases.close(session, three.vault, EVE, "one", [], made.NOON)
    done = perform(three, Wanted(Doing.OWNER, owner_id=3), ("one", "three"))
    assert list(done.changed) == ["three"]
    assert [(it.action, str(it.why)) for it in done.left] == [
        ("UA 1/25 one", "This case is sensitive, and the new owner is not named for it.")
    ]
    perform(three, Wanted(Doing.TAG, "Cards"), ("one", "three"))
    with three.seen_by(3).reading() as session:
        lines, _more = audit_reading.page(session, Narrowed(kind="actions"), None, 10)
        said = " ".join(f"{it.told.whole} {it.told.changes}" for it in lines)
    assert "three" in said and "one" not in said.split()
    assert "'one'" not in said and '"one"' not in said

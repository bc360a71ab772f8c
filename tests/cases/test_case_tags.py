"""Tags of cases: the office's own words, on one or on several at once, found again, and kept from readers."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from campaign.cases import case_tags
from campaign.cases.case_tags import Doing
from campaign.errors import Conflict, Refused
from campaign.office import audit_reading, organisers, search, sensitive_cases
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.audit_reading import Narrowed
from campaign.office.organisers import Invitee
from campaign.publication.as_json import public_json
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Case
from campaign.vocabulary import Role
from tests import made

pytestmark = pytest.mark.databases

EVE = Actor(1, "Eve")
EACH = ("one", "two", "three")


@pytest.fixture
def three(storage: Storage) -> Storage:
    """Eve and Ida edit; three cases of an action each."""
    with storage.writing() as session:
        for name in ("Eve", "Ida"):
            who = Invitee(name, f"{name.lower()}@office.example", Role.EDITOR)
            organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON)
        for n, slug in enumerate(EACH, 1):
            made.action(session, slug, date(2025, 9, 1), serial=n).case.slug = slug
    return storage


def perform(storage: Storage, doing: Doing, tag: str, slugs: tuple[str, ...] = EACH) -> case_tags.Done:
    with storage.writing() as session:
        return case_tags.perform(session, storage.vault, EVE, slugs, doing, tag, made.NOON)


def save(storage: Storage, written: str, read: str) -> None:
    with storage.writing() as session:
        case_tags.save(session, storage.vault, EVE, 1, written, read, made.NOON)


def tags(storage: Storage) -> list[list[str]]:
    with storage.reading() as session:
        return list(session.scalars(select(Case.tags).order_by(Case.id)))


def told(storage: Storage, as_seen_by: int = 1) -> list[str]:
    with storage.seen_by(as_seen_by).reading() as session:
        lines, _more = audit_reading.page(session, Narrowed(kind="cases"), None, 10)
        return [it.told.whole for it in reversed(lines)]


def test_a_case_has_the_tags_that_were_typed_each_once(three: Storage) -> None:
    save(three, "Cards,  partner: X، cards", "")
    assert tags(three) == [["Cards", "partner: X"], [], []]


def test_who_did_not_see_the_newest_tags_overwrites_none(three: Storage) -> None:
    save(three, "first", "")
    with pytest.raises(Conflict):
        save(three, "second", "")
    assert tags(three)[0] == ["first"]


@pytest.mark.parametrize("written", ["x" * 41, ", ".join(f"tag {n}" for n in range(13))])
def test_tags_that_are_too_long_or_too_many_are_refused(three: Storage, written: str) -> None:
    with pytest.raises(Refused):
        save(three, written, "")
    assert tags(three)[0] == []


def test_a_tag_goes_onto_those_that_lack_it_and_comes_off_however_it_is_spelt(three: Storage) -> None:
    save(three, "Cards", "")
    done = perform(three, Doing.TAG, " cards ")
    assert (done.changed, done.already, done.so, done.left) == (("two", "three"), 1, 3, ())
    assert tags(three) == [["Cards"], ["cards"], ["cards"]]
    assert perform(three, Doing.UNTAG, "CARDS").changed == EACH
    assert tags(three) == [[], [], []]


def test_a_case_that_has_as_many_tags_as_it_may_is_left_and_told(three: Storage) -> None:
    save(three, ", ".join(f"tag {n}" for n in range(12)), "")
    done = perform(three, Doing.TAG, "more")
    assert done.changed == ("two", "three")
    assert [str(why) for _name, why in done.left] == ["Use at most 12 tags."]


@pytest.mark.parametrize(("slugs", "tag"), [((), "cards"), (EACH, ""), (EACH, "one, two"), (EACH, "x" * 41)])
def test_what_can_be_done_to_none_is_refused(three: Storage, slugs: tuple[str, ...], tag: str) -> None:
    with pytest.raises(Refused):
        perform(three, Doing.TAG, tag, slugs)


def test_one_entry_of_the_trail_names_every_case_that_changed(three: Storage) -> None:
    perform(three, Doing.TAG, "cards", ("one", "three"))
    (entry,) = told(three)
    assert entry.startswith("Eve added a tag to several cases")
    assert "One" in entry and "Three" in entry and "Two" not in entry


def test_the_history_of_a_case_tells_of_what_was_done_to_several(three: Storage) -> None:
    perform(three, Doing.TAG, "cards", ("one", "three"))
    with three.reading() as session:
        entries = [len(audit_reading.page(session, Narrowed(case_id=it), None, 10)[0]) for it in (1, 2, 3)]
    assert entries == [1, 0, 1]


def test_a_sensitive_case_is_tagged_by_and_told_to_those_alone_who_are_named(three: Storage) -> None:
    perform(three, Doing.TAG, "cards", ("one", "two"))
    with three.writing() as session:
        sensitive_cases.close(session, three.vault, EVE, "two", [1], made.NOON)
    seen_by_ida = three.seen_by(2)
    with seen_by_ida.writing() as session:
        done = case_tags.perform(session, three.vault, Actor(2, "Ida"), EACH, Doing.TAG, "north", made.NOON)
        assert done.changed == ("one", "three")
        assert case_tags.having(session, "cards") == {1}
    assert "Two" not in told(three, 2)[0] and "Two" in told(three, 1)[0]


def test_a_case_is_found_by_its_tag_and_readers_see_none_of_it(three: Storage) -> None:
    perform(three, Doing.TAG, "Straße", ("two",))
    with three.reading() as session:
        assert case_tags.in_use(session) == ["Straße"]
        assert case_tags.having(session, "STRASSE") == {2}
        assert search.cases(session, Role.EDITOR, "straße") == {2}
        assert "Straße" not in str(public_json(published(session, "two", "en")))


def test_a_node_of_before_writes_cases_without_tags(three: Storage) -> None:
    with three.writing() as session:
        session.execute(
            text(
                "INSERT INTO cases (slug, country, time_zone, place, created_at)"
                " SELECT 'old', country, time_zone, place, created_at FROM cases WHERE id = 1"
            )
        )
    assert tags(three)[-1] == []

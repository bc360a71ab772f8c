"""By which tagged link people came to sign: counted once confirmed, and tied to nobody who is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from campaign.appeals import retention
from campaign.appeals.counting import visits as counted
from campaign.appeals.counting.visits import Source
from campaign.appeals.signing import visits
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.storage import Storage
from campaign.storage.tables import Action, Signature, Visit, VisitDay, VisitLanguage
from campaign.vocabulary import SignatureStatus
from tests import made

pytestmark = pytest.mark.databases

SLUG = "renew-the-cards"
TODAY = date(2025, 8, 1)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("newsletter", "newsletter"),
        ("Flyer-2", "flyer-2"),
        ("a", "a"),
        ("", ""),
        (None, ""),
        ("newsletters", ""),
        ("my tag", ""),
        ("été", ""),
        ("<b>", ""),
        ("a\n", ""),
        ("١٢", ""),
    ],
)
def test_a_tag_is_at_most_ten_plain_letters_and_anything_else_is_none(written: str | None, tag: str) -> None:
    assert visits.tag(written) == tag


@pytest.fixture
def open_action(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session, deadline=date(2025, 8, 20))
    return storage


def signs(storage: Storage, n: int, via: str = "news", locale: str = "en") -> bytes:
    """The reference of a pending signature that a tagged link led to."""
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish(f"n{n}@example.org", via=via, locale=locale), made.NOON)
        return session.scalars(select(Signature.reference).order_by(Signature.id.desc())).first() or b""


def confirm(storage: Storage, reference: bytes, days: int = 0) -> None:
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, reference, made.NOON + timedelta(days=days))


def count(storage: Storage) -> None:
    with storage.writing() as session:
        counted.roll_up(session)


def kept(storage: Storage) -> list[tuple[int | None, str, str, date | None]]:
    with storage.reading() as session:
        found = session.execute(select(Visit.signature_id, Visit.tag, Visit.locale, Visit.day).order_by(Visit.id))
        return [tuple(it) for it in found]  # type: ignore[misc]


def by_tag(storage: Storage) -> tuple[Source, ...]:
    with storage.reading() as session:
        return counted.by_tag(session, session.scalars(select(Action.id)).one())


def test_once_confirmed_nothing_says_whose_visit_it_was(open_action: Storage) -> None:
    reference = signs(open_action, 1)
    assert kept(open_action) == [(1, "news", "en", None)]
    count(open_action)
    assert kept(open_action) == [(1, "news", "en", None)]
    confirm(open_action, reference, days=1)
    assert kept(open_action) == [(None, "news", "en", date(2025, 8, 2))]
    count(open_action)
    assert kept(open_action) == []
    with open_action.reading() as session:
        assert session.execute(select(VisitDay.tag, VisitDay.day, VisitDay.count)).all() == [
            ("news", date(2025, 8, 2), 1)
        ]
        assert session.execute(select(VisitLanguage.locale, VisitLanguage.count)).all() == [("en", 1)]
    # The database itself lets no row have both.
    signs(open_action, 2)
    with pytest.raises(IntegrityError), open_action.writing() as session:
        session.execute(update(Visit).values(day=TODAY))


def test_who_came_by_no_tagged_link_leaves_nothing(open_action: Storage) -> None:
    confirm(open_action, signs(open_action, 1, via=""))
    count(open_action)
    assert (kept(open_action), by_tag(open_action)) == ([], ())


def test_signing_again_by_another_link_counts_once_and_for_the_first(open_action: Storage) -> None:
    first = signs(open_action, 1, "news")
    with open_action.writing() as session:
        again = made.wish("n1@example.org", via="friend", message="Please.")
        sign(session, open_action.vault, SLUG, again, made.NOON)
    confirm(open_action, first)
    confirm(open_action, first)
    count(open_action)
    with open_action.reading() as session:
        assert session.execute(select(VisitDay.tag, VisitDay.count)).all() == [("news", 1)]


def test_not_me_and_what_is_never_confirmed_leave_no_tag(open_action: Storage) -> None:
    theirs = signs(open_action, 1)
    signs(open_action, 2)
    with open_action.writing() as session:
        confirming.not_me(session, open_action.vault, theirs)
    assert [it[0] for it in kept(open_action)] == [2]
    with open_action.writing() as session:
        retention.purge(session, made.NOON + timedelta(days=20))
        retention.purge(session, made.NOON + timedelta(days=20))
    assert kept(open_action) == []


def test_what_an_older_version_confirmed_keeps_no_tag(open_action: Storage) -> None:
    signs(open_action, 1)
    with open_action.writing() as session:
        session.execute(
            update(Signature).values(status=SignatureStatus.CONFIRMED, counts=True, confirmed_on=TODAY)
        )  # fmt: skip
        retention.purge(session, made.NOON)
    assert kept(open_action) == []


def test_what_is_to_be_counted_is_owed_and_nothing_else(open_action: Storage) -> None:
    confirm(open_action, signs(open_action, 1))
    with open_action.reading() as session:
        assert session.scalar(select(counted.owed()))
    count(open_action)
    with open_action.reading() as session:
        assert not session.scalar(select(counted.owed()))


def test_a_few_are_not_told_and_small_languages_are_one(open_action: Storage) -> None:
    for n in range(17):
        locale = "ur" if n in (0, 1) else "fr" if n in (2, 3, 4) else "en"
        confirm(open_action, signs(open_action, n, "news", locale), days=1 if n in (5, 6) else 0)
    for n in range(20, 24):
        confirm(open_action, signs(open_action, n, "flyer"))
    confirm(open_action, signs(open_action, 30, "a"))
    count(open_action)
    assert by_tag(open_action) == (
        Source("news", 17, (("en", 12), ("", 5)), ((TODAY, 15), (date(2025, 8, 2), None))),
        Source("a", None, (), ()),
        Source("flyer", None, (), ()),
    )


def test_of_fifty_tags_each_is_told_and_whoever_makes_up_more_fills_no_table(open_action: Storage) -> None:
    with open_action.writing() as session:
        for n in range(50):
            session.add(VisitDay(action_id=1, tag=f"t{n}", day=TODAY, count=5))
            session.add(VisitLanguage(action_id=1, tag=f"t{n}", locale="en", count=5))
        for n in range(9):
            session.add(Visit(action_id=1, tag=f"made-up-{n}", locale="en", day=TODAY))
        session.add(Visit(action_id=1, tag="t7", locale="en", day=TODAY))
    count(open_action)
    found = {it.tag: it.count for it in by_tag(open_action)}
    assert len(found) == 51
    assert (found["t7"], found[""]) == (6, 9)
    with open_action.reading() as session:
        assert session.scalar(select(func.count(func.distinct(VisitDay.tag)))) == 51

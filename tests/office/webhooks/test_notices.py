"""What webhooks are owed: written with its cause, gathered, tried again, given up on; nothing of sensitive cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.cases.review import approval
from campaign.cases.review.approval import Judged
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.office.webhooks import notices, registry
from campaign.office.webhooks.notices import Leased
from campaign.office.webhooks.sending import Sent
from campaign.storage import Storage
from campaign.storage.tables import Action, Case, Webhook, WebhookNotice
from campaign.vocabulary import ActionStatus, OfficeEvent, Role, WebhookOutcome
from tests import made
from tests.office.webhooks.conftest import NOOR

pytestmark = pytest.mark.databases

NOON = made.NOON
REVIEW, HELD, INCOMING, TRIAL = OfficeEvent.REVIEW, OfficeEvent.HELD, OfficeEvent.INCOMING, OfficeEvent.TRIAL
TOLD, REFUSED = Sent(WebhookOutcome.DELIVERED, 200), Sent(WebhookOutcome.REFUSED, 500)


def tell(storage: Storage, *events: OfficeEvent, case_id: int | None = None) -> list[int]:
    with storage.writing() as session:
        return [notices.tell(session, event, case_id, NOON) for event in events]


def claim(storage: Storage, now: datetime) -> Leased | None:
    with storage.writing() as session:
        return notices.claim(session, now)


def settle(storage: Storage, leased: Leased | None, sent: Sent, now: datetime) -> bool:
    assert leased is not None
    with storage.writing() as session:
        return notices.settle(session, leased, sent, now)


def state(storage: Storage) -> Webhook:
    with storage.reading() as session:
        return session.scalars(select(Webhook)).one()


def waiting(storage: Storage) -> int:
    with storage.reading() as session:
        return len(session.scalars(select(WebhookNotice.id)).all())


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


def test_only_who_hears_of_such_events_is_owed_a_word(storage: Storage, added: Callable[..., int]) -> None:
    added("Everything")
    added("Reviewers", hears=(REVIEW,))
    assert tell(storage, REVIEW, HELD) == [2, 1]


def test_what_is_undone_with_its_cause_is_not_told(storage: Storage, added: Callable[..., int]) -> None:
    added()
    with pytest.raises(RuntimeError), storage.writing() as session:
        notices.tell(session, REVIEW, None, NOON)
        raise RuntimeError
    assert claim(storage, NOON) is None


def test_several_events_are_gathered_and_the_next_message_waits_for_a_minute(
    storage: Storage, added: Callable[..., int]
) -> None:
    added()
    tell(storage, REVIEW, REVIEW, INCOMING)
    first = claim(storage, NOON)
    assert first is not None and first.events == {REVIEW: 2, INCOMING: 1}
    assert settle(storage, first, TOLD, NOON)
    tell(storage, HELD)
    assert claim(storage, after(seconds=59)) is None
    second = claim(storage, after(seconds=60))
    assert second is not None and second.events == {HELD: 1}


def test_of_two_workers_one_has_it_and_one_that_died_gives_it_back(storage: Storage, added: Callable[..., int]) -> None:
    added()
    tell(storage, REVIEW)
    first = claim(storage, NOON)
    assert claim(storage, after(minutes=4)) is None
    second = claim(storage, after(minutes=6))
    assert second is not None and second.events == {REVIEW: 1}
    assert not settle(storage, first, TOLD, after(minutes=6))
    assert settle(storage, second, TOLD, after(minutes=6))
    assert waiting(storage) == 0


def test_what_comes_while_a_message_is_on_its_way_is_told_by_the_next(
    storage: Storage, added: Callable[..., int]
) -> None:
    added()
    tell(storage, REVIEW)
    leased = claim(storage, NOON)
    tell(storage, HELD)
    settle(storage, leased, TOLD, NOON)
    following = claim(storage, after(minutes=1))
    assert following is not None and following.events == {HELD: 1}


def test_it_is_tried_again_after_longer_and_longer_pauses_and_given_up_after_a_day(
    storage: Storage, added: Callable[..., int]
) -> None:
    added()
    tell(storage, REVIEW)
    now, tries = NOON, []
    while (leased := claim(storage, now)) is not None:
        tries.append(round((now - NOON).total_seconds() / 60))
        settle(storage, leased, REFUSED, now)
        now = max(state(storage).due_at, now)
    # One minute, five, a quarter, half an hour, one hour, two, four, then every eight.
    assert tries == [0, 1, 6, 21, 51, 111, 231, 471, 951, 1431]
    found = state(storage)
    assert (found.outcome, found.status_code, found.gave_up_at) == (WebhookOutcome.REFUSED, 500, after(minutes=1431))
    assert waiting(storage) == 0
    with storage.reading() as session:
        assert registry.given_up(session) == ["Team"]


def test_a_test_does_not_wait_for_the_next_try_but_for_its_minute(storage: Storage, added: Callable[..., int]) -> None:
    number = added()
    tell(storage, REVIEW)
    with storage.writing() as session:
        later = {"due_at": after(hours=8), "tried_at": NOON, "failing_since": NOON, "attempts": 7}
        session.execute(update(Webhook).values(outcome=WebhookOutcome.REFUSED, **later))
        registry.try_out(session, storage.vault, NOOR, number, after(seconds=20))
    assert claim(storage, after(seconds=59)) is None
    leased = claim(storage, after(seconds=60))
    assert leased is not None and leased.events == {REVIEW: 1, TRIAL: 1}


def test_who_was_given_up_on_is_told_what_comes_and_then_all_is_well(
    storage: Storage, added: Callable[..., int]
) -> None:
    added()
    with storage.writing() as session:
        session.execute(update(Webhook).values(gave_up_at=NOON, outcome=WebhookOutcome.SLOW, tried_at=NOON))
    tell(storage, HELD)
    settle(storage, claim(storage, NOON), TOLD, NOON)
    found = state(storage)
    assert (found.gave_up_at, found.outcome, found.failing_since) == (None, WebhookOutcome.DELIVERED, None)


def sensitive(storage: Storage) -> int:
    with storage.writing() as session:
        session.execute(update(Case).values(sensitive_since=NOON))
        return session.scalars(select(Case.id)).one()


def test_of_a_sensitive_case_nothing_is_told(storage: Storage, added: Callable[..., int]) -> None:
    added()
    with storage.writing() as session:
        made.action(session)
    case_id = sensitive(storage)
    assert tell(storage, REVIEW, case_id=case_id) == [0]
    assert waiting(storage) == 0


def test_what_waits_of_a_case_that_becomes_sensitive_is_dropped(storage: Storage, added: Callable[..., int]) -> None:
    added()
    with storage.writing() as session:
        case_id = made.action(session).case_id
    assert tell(storage, REVIEW, case_id=case_id) == [1]
    sensitive(storage)
    assert claim(storage, NOON) is None
    assert waiting(storage) == 0


def test_who_submits_an_action_tells_that_a_second_person_is_needed(
    storage: Storage, added: Callable[..., int]
) -> None:
    added()
    with storage.writing() as session:
        ada = organisers.actor(
            organisers.add(
                session, storage.vault, COMMAND_LINE, Invitee("Ada", "ada@office.example", Role.EDITOR), NOON, "a hash"
            )
        )
        made.action(session, status=ActionStatus.DRAFT, opened_at=None, issued_on=None)
        approval.submit(session, storage.vault, ada, "renew-the-cards", Judged(0, ()), NOON)
    leased = claim(storage, NOON)
    assert leased is not None and leased.events == {REVIEW: 1}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ({REVIEW: 1}, "A second person is needed.\nhttps://campaign.test/organise/"),
        (
            {REVIEW: 2, INCOMING: 1},
            "3 things need somebody:\nA second person is needed.\nAn e-mail waits to be read.\n"
            "https://campaign.test/organise/",
        ),
        ({TRIAL: 1}, "This is a test. Nobody has to do anything.\nhttps://campaign.test/organise/"),
        ({TRIAL: 1, HELD: 1}, "Something planned did not happen.\nhttps://campaign.test/organise/"),
    ],
)
def test_it_says_that_something_of_a_kind_needs_somebody_and_where_to_sign_in(
    events: dict[OfficeEvent, int], said: str
) -> None:
    assert notices.message(events, "en", "https://campaign.test") == said


def test_no_action_is_named_in_what_is_owed(storage: Storage) -> None:
    # Besides the kind and the time there is only the number of the case, by which sensitive ones are left out.
    assert {it.name for it in WebhookNotice.__table__.columns} == {"id", "webhook_id", "event", "case_id", "created_at"}
    assert Action.__tablename__ not in {it.column.table.name for it in WebhookNotice.__table__.foreign_keys}

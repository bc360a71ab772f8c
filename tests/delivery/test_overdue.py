"""What of a dossier's way needs a person: as a rule of values, and as it is found among many."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update

from campaign.delivery import deliveries as dispatching
from campaign.delivery import overdue as rules
from campaign.delivery.deliveries import Plan, Reply
from campaign.delivery.overdue import Concern, Lacks, Step, Way, concerns
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, DeliveryChannel, DeliveryStatus, ReplyShown
from tests import made
from tests.delivery.signed import freeze, printed, sign_all

pytestmark = pytest.mark.databases

D = DeliveryStatus
DEADLINE = date(2025, 9, 15)
FIRST = date(2025, 9, 1)
NOT_DISPATCHED = Concern(Lacks.DISPATCH, "The signature book for the Minister has not been sent", DEADLINE)
NO_RECEIPT = Concern(Lacks.RECEIPT, "No receipt for the signature book to the Minister", date(2025, 9, 16))
UNANSWERED = Concern(Lacks.ANSWER, "The reply from the Minister is not answered", date(2025, 10, 15))


def way(*deliveries: Step, replaced: bool = False) -> Way:
    return Way(DEADLINE, "the Minister", deliveries, replaced)


@pytest.mark.parametrize(
    ("dossier", "today", "said"),
    [
        (way(), date(2025, 9, 14), []),
        (way(), DEADLINE, [NOT_DISPATCHED]),
        (way(replaced=True), DEADLINE, []),
        (way(Step(D.PLANNED, None, None, None)), DEADLINE, [NOT_DISPATCHED]),
        (way(Step(D.DISPATCHED, FIRST, None, None)), date(2025, 9, 16), []),
        (way(Step(D.DISPATCHED, FIRST, None, None)), date(2025, 9, 17), [NO_RECEIPT]),
        (way(Step(D.DELIVERED, FIRST, None, None)), date(2025, 12, 1), []),
        (way(Step(D.DELIVERED, FIRST, date(2025, 10, 1), None)), date(2025, 10, 15), []),
        (way(Step(D.DELIVERED, FIRST, date(2025, 10, 1), None)), date(2025, 10, 16), [UNANSWERED]),
        (way(Step(D.DELIVERED, FIRST, date(2025, 10, 1), date(2025, 10, 20))), date(2025, 12, 1), []),
    ],
)
def test_a_dossier_asks_for_someone_when_it_lies_about(dossier: Way, today: date, said: list[Concern]) -> None:
    assert concerns(dossier, today, posting_days=15) == said


def test_it_is_found_among_all_dossiers_by_one_query_that_reads_nothing_frozen(
    storage: Storage, tmp_path: Path
) -> None:
    with storage.writing() as session:
        action_id = made.action(session, deadline=made.NOON.date() + timedelta(days=30)).id
    sign_all(storage)
    codes = [freeze(storage), freeze(storage)]
    for code in codes:
        printed(storage, tmp_path, code)

    def lacking(days: int) -> list[Lacks]:
        asked: list[str] = []
        listen = (storage.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        with storage.reading() as session:
            event.listen(*listen)
            found = rules.flags(session, made.NOON + timedelta(days=days), {"PK": 15}.__getitem__)
            event.remove(*listen)
        (query,) = [it for it in asked if it.startswith("SELECT")]
        assert "dossiers.appeal" not in query
        return [it.lacks for it in found.get(action_id, [])]

    assert lacking(20) == []
    assert lacking(30) == [Lacks.DISPATCH]  # the later of the two; the other was replaced
    with storage.writing() as session:
        plan = Plan(DeliveryChannel.POST, "Noor", "The ministry", made.NOON.date())
        delivery = dispatching.plan(session, storage.vault, COMMAND_LINE, codes[1], plan, made.NOON)
        day = made.NOON.date() + timedelta(days=1)
        dispatching.dispatch(session, storage.vault, COMMAND_LINE, delivery, day, "", made.NOON)
    assert lacking(16) == []
    assert lacking(30) == [Lacks.RECEIPT]
    with storage.writing() as session:
        reply = Reply(day, "We shall see.", ReplyShown.NOTHING)
        dispatching.replied(session, storage.vault, COMMAND_LINE, delivery, reply, made.NOON)
    assert lacking(30) == [Lacks.RECEIPT, Lacks.ANSWER]
    with storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.STOPPED))
    assert lacking(30) == []

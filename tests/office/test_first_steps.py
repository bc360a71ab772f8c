"""A new office is led through what it lacks, and no further once an action was public."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign.office import first_steps
from campaign.office.first_steps import Known, Step
from campaign.storage import Storage
from campaign.vocabulary import ActionStatus
from tests import made

READY = Known(name="Rights Office", sender="appeals@rights-office.org", guarded=True, organisers=2, actions=1)


def test_an_office_that_has_everything_lacks_nothing() -> None:
    assert list(first_steps.done(READY)) == list(Step)
    assert all(first_steps.done(READY).values())


@pytest.mark.parametrize(
    ("without", "step"),
    [
        ({"name": "Campaign"}, Step.ORGANISATION),
        ({"name": "  "}, Step.ORGANISATION),
        ({"sender": "appeals@example.org"}, Step.SENDER),
        ({"sender": "office@mail.invalid"}, Step.SENDER),
        ({"sender": ""}, Step.SENDER),
        ({"guarded": False}, Step.SECOND_FACTOR),
        ({"organisers": 1}, Step.COLLEAGUE),
        ({"actions": 0}, Step.ACTION),
    ],
)
def test_each_step_is_checked_by_itself(without: dict[str, object], step: Step) -> None:
    told = first_steps.done(replace(READY, **without))  # type: ignore[arg-type]
    assert [it for it, is_done in told.items() if not is_done] == [step]


def test_an_office_is_led_until_an_action_was_public(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT)
        assert not first_steps.published(session)
        made.action(session, "another", serial=57, status=ActionStatus.CLOSED)
        assert first_steps.published(session)

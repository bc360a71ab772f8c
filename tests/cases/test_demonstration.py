"""The demonstration: facts with sources, nothing that could reach anyone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign import clock
from campaign.appeals import demonstration as crowd
from campaign.appeals.signing import consent
from campaign.cases import demonstration
from campaign.errors import Conflict
from campaign.office import due_dates
from campaign.publication.listing import open_actions
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Figure, Signature
from campaign.vocabulary import ActionStatus, Disclosure, EventKind, Outcome


@pytest.fixture
def loaded(storage: Storage) -> Storage:
    now = clock.now()
    with storage.writing() as session:
        organisation, action = demonstration.load(session, now)
        consent.state(session, organisation.retention_days, now)
        crowd.sign_all(session, storage.vault, action, now)
    return storage


@pytest.mark.databases
def test_one_action_is_open_for_thirty_days_and_the_earlier_one_is_closed(loaded: Storage) -> None:
    with loaded.reading() as session:
        (opened,) = open_actions(session, "en")
        action = published(session, opened.slug, "en")
    assert clock.days_left(clock.now(), opened.deadline, opened.time_zone) == 30
    assert [link.status for link in action.chain] == [ActionStatus.CLOSED, ActionStatus.OPEN]


def test_nothing_of_it_is_overdue_on_the_board(loaded: Storage) -> None:
    with loaded.reading() as session:
        late = [it for it in due_dates.all_due(session, clock.now()) if it.days < 0]
        first = published(session, "stop-the-return-plan", "ur")
    assert late == []
    assert first.outcome_kind is Outcome.NEGATIVE
    assert first.outcome is not None and first.outcome.locale == "ur"


def test_every_figure_has_a_source_and_those_that_disagree_stand_side_by_side(loaded: Storage) -> None:
    with loaded.reading() as session:
        by_key: dict[str, set[int]] = {}
        for figure in session.scalars(select(Figure)):
            assert figure.source.publisher["en"]
            assert figure.source.published_on or figure.source.published_about
            by_key.setdefault(figure.key, set()).add(int(figure.value))
    assert by_key["card_holders"] == {1_400_000, 1_300_000}
    assert {907_351, 907_391} <= by_key["deported"]
    assert {1_080_312, 1_088_133} <= by_key["returned"]


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_every_text_and_letter_is_there_in_both_languages_with_no_field_left_open(loaded: Storage, locale: str) -> None:
    with loaded.reading() as session:
        for slug in ("renew-the-cards", "stop-the-return-plan"):
            action = published(session, slug, locale)
            assert action.locale == locale
            said = [action.title, action.summary, *action.demands, str(action.background)]
            said += [it.text for it in action.letters]
            assert not any("((" in it for it in said)
    assert any(event.kind is EventKind.THREAT for event in action.events)


def test_nobody_in_the_crowd_can_be_written_to_and_those_at_home_are_not_named(loaded: Storage) -> None:
    with loaded.reading() as session:
        for signature in session.scalars(select(Signature)):
            assert loaded.vault.decrypt(signature.email or b"", "signatures.email", signature.reference).endswith(
                "@campaign.invalid"
            )
            if signature.country == "PK":
                assert signature.disclosure is Disclosure.WITHHELD


def test_loading_it_twice_is_refused(loaded: Storage) -> None:
    with pytest.raises(Conflict), loaded.writing() as session:
        demonstration.load(session, clock.now() + timedelta(days=1))

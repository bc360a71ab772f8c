"""Translating: a translation is saved by itself, remembers from what it was made, and waits where two people look."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from campaign.cases.lifecycle import discarding
from campaign.cases.writing import proposals, translating, waiting_changes
from campaign.cases.writing.passages import State
from campaign.cases.writing.proposals import Wanted
from campaign.cases.writing.texts import Form
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Action, ActionText, AuditEvent, ModelLetter, Translation
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.made import NOON

pytestmark = pytest.mark.databases

SLUG = "renew-the-cards"
FRENCH = {
    "title": "Renouvelez les cartes",
    "summary": "Les cartes de ((holders)) personnes ont expiré.",
    "demands": "Renouvelez les cartes.\nCessez les retours forcés.",
    "background": "Une carte est une preuve.",
    "letter.0.salutation": "Monsieur le Ministre,",
    "letter.0.body": "J’écris au sujet des cartes.\n\nRenouvelez-les.",
    "letter.0.close": "Veuillez agréer mes salutations.",
}


class Bench:
    """A translator, two who may review, and an action."""

    def __init__(self, storage: Storage, status: ActionStatus) -> None:
        self.storage = storage
        with storage.writing() as session:
            who = [("Tess", Role.TRANSLATOR), ("Ada", Role.EDITOR), ("Bo", Role.REVIEWER)]
            self.tess, self.ada, self.bo = (self._hired(session, *it) for it in who)
            made.action(session, status=status, opened_at=NOON if status is ActionStatus.OPEN else None)

    def _hired(self, session: object, name: str, role: Role) -> Actor:
        invitee = Invitee(name, f"{name.lower()}@office.example", role)
        added = organisers.add(session, self.storage.vault, COMMAND_LINE, invitee, NOON, "a hash")  # type: ignore[arg-type]
        return Actor(added.id, added.name)

    def page(self, tag: str) -> translating.Page:
        with self.storage.reading() as session:
            return translating.read(session, SLUG, tag)

    def saves(self, tag: str, typed: dict[str, str], reason: str = "", page: translating.Page | None = None) -> bool:
        page = page or self.page(tag)
        form = Form(page.action.revision, page.edit_tokens)
        with self.storage.writing() as session:
            return translating.save(
                session, self.storage.vault, self.tess, SLUG, tag, form, typed, Wanted(reason=reason), NOON
            )

    def states(self, tag: str) -> dict[str, State]:
        return {passage.key: passage.state for passage in self.page(tag).passages}

    def change_the_original(self, **changes: str) -> None:
        with self.storage.writing() as session:
            text = session.scalars(select(ActionText).where(ActionText.locale == "en")).one()
            for name, value in changes.items():
                setattr(text, name, value)
            session.scalars(select(Action)).one().revision += 1


@pytest.fixture
def draft(storage: Storage) -> Bench:
    return Bench(storage, ActionStatus.DRAFT)


@pytest.fixture
def public(storage: Storage) -> Bench:
    return Bench(storage, ActionStatus.OPEN)


def test_a_language_that_was_not_there_is_saved_with_its_letter_and_every_change_is_on_record(draft: Bench) -> None:
    assert set(draft.states("fr").values()) == {State.MISSING}
    assert draft.saves("fr", FRENCH) is False
    with draft.storage.reading() as session:
        text = session.scalars(select(ActionText).where(ActionText.locale == "fr")).one()
        letter = session.scalars(select(ModelLetter).where(ModelLetter.locale == "fr")).one()
        trail = session.scalars(select(AuditEvent.what).where(AuditEvent.organiser_id == draft.tess.id)).all()
    assert (text.title, text.demands) == (
        "Renouvelez les cartes",
        ["Renouvelez les cartes.", "Cessez les retours forcés."],
    )
    assert letter.body == "J’écris au sujet des cartes.\n\nRenouvelez-les."
    assert list(trail) == ["text changed (fr)", "letter changed (fr)"]
    assert set(draft.states("fr").values()) == {State.DONE}


def test_what_changes_of_the_original_afterwards_is_told_until_the_translation_is_saved_anew(draft: Bench) -> None:
    draft.saves("fr", FRENCH)
    draft.change_the_original(title="Renew all the cards")
    (title,) = (passage for passage in draft.page("fr").passages if passage.key == "title")
    assert (title.state, title.was) == (State.CHANGED, "Renew the cards")
    assert [key for key, state in draft.states("fr").items() if state is not State.DONE] == ["title"]
    draft.saves("fr", {"title": "Renouvelez les cartes"})  # it is still right
    assert set(draft.states("fr").values()) == {State.DONE}


def test_another_language_stays_as_it_is(draft: Bench) -> None:
    draft.saves("fr", {**FRENCH, "letter.9.body": "To nobody", "nonsense": "x"})
    with draft.storage.reading() as session:
        titles = dict(session.execute(select(ActionText.locale, ActionText.title)).all())
        letters = session.scalars(select(ModelLetter.locale).order_by(ModelLetter.locale)).all()
    assert titles["en"] == "Renew the cards" and titles["ur"] == "کارڈز کی تجدید کریں"
    assert list(letters) == ["en", "fr", "ur"]


def test_who_translates_while_someone_else_saves_is_told_and_overwrites_nothing(draft: Bench) -> None:
    page = draft.page("ur")
    draft.saves("ur", {"title": "پہلا"})
    with pytest.raises(Conflict):
        draft.saves("ur", {"title": "دوسرا"}, page=page)
    assert next(it.target for it in draft.page("ur").passages if it.key == "title") == "پہلا"


def test_of_a_refused_letter_the_texts_are_not_kept_either(draft: Bench) -> None:
    with pytest.raises(Refused):
        draft.saves("fr", {**FRENCH, "letter.0.body": ""})
    assert set(draft.states("fr").values()) == {State.MISSING}


def test_under_a_public_action_a_translation_waits_for_someone_else_and_says_so(public: Bench) -> None:
    with pytest.raises(Refused, match="Say what you change and why"):
        public.saves("fr", FRENCH)
    assert public.saves("fr", FRENCH, "The French was missing.") is True
    page = public.page("fr")
    assert page.waits and {it.key: it.target for it in page.passages} == FRENCH
    with public.storage.reading() as session:
        assert session.scalars(select(ActionText).where(ActionText.locale == "fr")).one_or_none() is None
        action_id = session.scalars(select(Action.id)).one()
        parts = {shown.part: shown.id for shown in waiting_changes.waiting(session, action_id)}
    assert set(parts) == {"text:fr", "letter:fr:0"}
    for number in parts.values():
        with public.storage.writing() as session:
            proposals.publish(session, public.storage.vault, public.bo, SLUG, number, NOON)
    assert not public.page("fr").waits
    assert set(public.states("fr").values()) == {State.DONE}


def test_the_list_tells_how_far_each_language_is_and_knows_nothing_of_what_is_over(draft: Bench) -> None:
    with draft.storage.writing() as session:
        made.action(session, "stopped", status=ActionStatus.STOPPED, opened_at=NOON)
    draft.saves("fr", {"title": "Renouvelez les cartes"})
    with draft.storage.reading() as session:
        (row,) = translating.list_actions(session)
    assert (row.slug, row.title, row.original) == (SLUG, "Renew the cards", "en")
    assert dict(row.states["fr"]) == {State.MISSING: 6, State.CHANGED: 0, State.DONE: 1}
    assert dict(row.states["ur"]) == {State.MISSING: 0, State.CHANGED: 0, State.DONE: 7}


@pytest.mark.parametrize(("tag", "error"), [("en", Refused), ("xx", Unknown)])
def test_the_original_is_not_its_own_translation_and_no_other_language_is_one(
    draft: Bench, tag: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        draft.page(tag)


def test_a_draft_that_is_discarded_loses_what_was_translated_with_its_other_words(draft: Bench) -> None:
    draft.saves("fr", FRENCH)
    with draft.storage.writing() as session:
        discarding.discard(session, draft.storage.vault, draft.ada, SLUG, NOON)
    with pytest.raises(Unknown):
        draft.page("fr")
    with draft.storage.writing() as session:
        discarding.empty_old(session, NOON + discarding.RESTORABLE)
        assert session.scalars(select(Translation)).all() == []

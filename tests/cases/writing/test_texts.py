"""Writing: nothing anyone saved or typed is lost, and what changes after an approval takes it back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.cases.writing import autosaves, model_letters, particulars, recipients, versions
from campaign.cases.writing import texts as action_texts
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.particulars import Particulars, Statement
from campaign.cases.writing.texts import Form, Words
from campaign.errors import Conflict, Gone, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import Actor
from campaign.storage import Storage
from campaign.storage.tables import Action, ActionText, AuditEvent, HarmStatement, ModelLetter, Recipient
from campaign.vocabulary import ActionStatus, RecipientRole
from tests import made
from tests.made import NOON

SLUG = "renew-the-cards"
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def ada(storage: Storage) -> Actor:
    return made_organiser(storage, "Ada")


@pytest.fixture
def bo(storage: Storage) -> Actor:
    return made_organiser(storage, "Bo")


def made_organiser(storage: Storage, name: str) -> Actor:
    from campaign.office import organisers
    from campaign.office.organisers import Invitee
    from campaign.vocabulary import Role

    with storage.writing() as session:
        who = Invitee(name, f"{name.lower()}@office.example", Role.EDITOR)
        added = organisers.add(session, storage.vault, audit.COMMAND_LINE, who, NOON)
        return Actor(added.id, added.name)


def draft(storage: Storage, status: ActionStatus = ActionStatus.DRAFT) -> None:
    with storage.writing() as session:
        made.action(session, status=status, opened_at=NOON if status is ActionStatus.OPEN else None)


def read(storage: Storage) -> tuple[Form, dict[str, Words]]:
    """The texts as a form shows them."""
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        words = {it.locale: action_texts.words_of(it) for it in action.texts}
    return Form(action.revision, {tag: it.edit_token for tag, it in words.items()}), words


def save(storage: Storage, who: Actor, form: Form, **wanted: Words) -> list[str]:
    with storage.writing() as session:
        return action_texts.save_texts(session, storage.vault, who, SLUG, form, wanted, (), LATER)


def approved(storage: Storage, by: Actor) -> None:
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        action.status, action.submitted_by_id, action.submitted_at = ActionStatus.IN_REVIEW, by.id, NOON
        action.approved_by_id, action.approved_at, action.opens_at = by.id, NOON, LATER


def told(storage: Storage) -> list[str]:
    with storage.reading() as session:
        return list(session.scalars(select(AuditEvent.what).where(AuditEvent.action_id.is_not(None))))


@pytest.mark.databases
def test_a_text_is_saved_as_a_version_with_the_one_before_it(storage: Storage, ada: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    changed = save(storage, ada, form, en=replace(words["en"], title="Renew every card"), ur=words["ur"])
    assert changed == ["en"]
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        kept = action_texts.kept_versions(session, action.id, "en")
        assert [json.loads(it.content)["title"] for it in kept] == ["Renew every card", "Renew the cards"]
        assert action_texts.kept_versions(session, action.id, "ur") == []
        assert action.revision == 1
        event = session.scalars(select(AuditEvent).where(AuditEvent.what == "text changed (en)")).one()
    assert json.loads(event.before or "") == {"title": "Renew the cards"}
    assert json.loads(event.after or "") == {"title": "Renew every card"}


@pytest.mark.databases
def test_of_two_who_edit_one_text_at_once_the_second_is_told_and_nothing_is_overwritten(
    storage: Storage, ada: Actor, bo: Actor
) -> None:
    draft(storage)
    form, words = read(storage)
    save(storage, ada, form, en=replace(words["en"], title="Of Ada"))
    with pytest.raises(Conflict, match="Both versions are below"):
        save(storage, bo, form, en=replace(words["en"], title="Of Bo"))
    again, now_said = read(storage)
    assert now_said["en"].title == "Of Ada"
    save(storage, bo, again, en=replace(now_said["en"], title="Of Bo"))
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        titles = [json.loads(it.content)["title"] for it in action_texts.kept_versions(session, action.id, "en")]
    assert titles == ["Of Bo", "Of Ada", "Renew the cards"]


def test_a_change_elsewhere_in_the_action_is_no_conflict_for_its_texts(storage: Storage, ada: Actor, bo: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    with storage.writing() as session:
        given = replace(particulars.typed(session.scalars(select(Action)).one()), goal="900")
        particulars.save(session, storage.vault, ada, SLUG, Form(0, {}), given, NOON)
    assert save(storage, bo, form, en=replace(words["en"], title="Of Bo")) == ["en"]


@pytest.mark.databases
def test_a_language_someone_else_added_meanwhile_is_a_conflict_too(storage: Storage, ada: Actor, bo: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    save(storage, ada, form, **words, fr=Words(title="Titre d’Ada"))
    with pytest.raises(Conflict):
        save(storage, bo, form, **words, fr=Words(title="Titre de Bo"))


def test_a_language_that_says_nothing_is_not_made(storage: Storage, ada: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    assert save(storage, ada, form, **words, fr=Words()) == []
    assert save(storage, ada, form, **words, fr=Words(title="Titre")) == ["fr"]


def test_a_language_is_taken_out_and_its_words_are_kept(storage: Storage, ada: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    with storage.writing() as session:
        action_texts.save_texts(session, storage.vault, ada, SLUG, form, words, {"ur"}, LATER)
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        assert [it.locale for it in action.texts] == ["en"]
        assert len(action_texts.kept_versions(session, action.id, "ur")) == 1
    form, words = read(storage)
    with pytest.raises(Refused, match="original language"), storage.writing() as session:
        action_texts.save_texts(session, storage.vault, ada, SLUG, form, words, {"en"}, LATER)


def test_a_version_is_taken_up_again_as_the_newest(storage: Storage, ada: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    save(storage, ada, form, en=replace(words["en"], title="A mistake", demands=()))
    with storage.writing() as session:
        action_texts.restore_text(session, storage.vault, ada, SLUG, "en", 1, LATER)
    assert read(storage)[1]["en"] == words["en"]
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        assert [it.version for it in action_texts.kept_versions(session, action.id, "en")] == [3, 2, 1]
    with pytest.raises(Unknown), storage.writing() as session:
        action_texts.restore_text(session, storage.vault, ada, SLUG, "en", 9, LATER)


def test_a_public_text_keeps_a_title_and_a_stopped_action_is_not_written(storage: Storage, ada: Actor) -> None:
    draft(storage, ActionStatus.OPEN)
    form, words = read(storage)
    with pytest.raises(Refused, match="French needs a title"):
        save(storage, ada, form, **words, fr=Words(summary="Des mots"))
    with storage.writing() as session:
        session.scalars(select(Action)).one().status = ActionStatus.STOPPED
    with pytest.raises(Gone):
        save(storage, ada, form, en=replace(words["en"], title="Too late"))


def test_no_part_of_a_text_is_endless(storage: Storage, ada: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    with pytest.raises(Refused, match="Background in English is longer"):
        save(storage, ada, form, en=replace(words["en"], background="x" * 60_001))


def test_whatever_is_changed_takes_the_approval_and_the_hour_back(storage: Storage, ada: Actor, bo: Actor) -> None:
    draft(storage)
    with storage.reading() as session:
        official = session.scalars(select(Recipient.official_id)).one()
    v = storage.vault

    def texts() -> None:
        form, words = read(storage)
        save(storage, bo, form, en=replace(words["en"], summary=words["en"].summary + " More."))

    def letter() -> None:
        with storage.writing() as session:
            words = LetterWords("M.", "Texte.", "F.")
            model_letters.save(session, v, bo, SLUG, unwritten(Which("fr")), Which("fr"), words, LATER)

    def who() -> None:
        with storage.writing() as session:
            recipients.set_role(session, v, bo, SLUG, official, RecipientRole.COPY, LATER)

    def deadline() -> None:
        with storage.writing() as session:
            given = replace(particulars.typed(session.scalars(select(Action)).one()), deadline="2031-01-01")
            particulars.save(session, v, bo, SLUG, Form(0, {"particulars": _seal(session)}), given, LATER)

    def harm() -> None:
        with storage.writing() as session:
            particulars.state_harm(session, v, bo, SLUG, Statement("Nobody is named.", "Little."), "UTC", LATER)

    for change in (texts, letter, who, deadline, harm):
        approved(storage, ada)
        change()
        with storage.reading() as session:
            action = session.scalars(select(Action)).one()
        assert (action.approved_by_id, action.approved_at, action.opens_at) == (None, None, None), change.__name__
        assert action.status is ActionStatus.IN_REVIEW
        # Who changed it puts it forward now: someone else looks at the change.
        assert action.submitted_by_id == bo.id
    assert told(storage).count("approval withdrawn") == 5


def _seal(session: object) -> str:
    return particulars.typed(session.scalars(select(Action)).one()).edit_token  # type: ignore[attr-defined]


def test_saving_what_is_there_changes_nothing_and_takes_nothing_back(storage: Storage, ada: Actor) -> None:
    draft(storage)
    approved(storage, ada)
    form, words = read(storage)
    assert save(storage, ada, form, **words) == []
    with storage.reading() as session:
        assert session.scalars(select(Action.approved_at)).one() is not None


def test_what_was_typed_is_kept_for_who_typed_it_alone(storage: Storage, ada: Actor, bo: Actor) -> None:
    draft(storage)
    with storage.writing() as session:
        action_id = session.scalars(select(Action.id)).one()
        for n, title in enumerate(("First", "Second")):
            at = NOON + timedelta(minutes=n)
            autosaves.keep(session, action_id, ada.id or 0, "texts", 0, {"title-en": title}, at)
    with storage.reading() as session:
        mine = autosaves.unsaved(session, action_id, ada.id or 0, "texts")
        assert mine is not None
        assert (mine.fields, mine.base) == ({"title-en": "Second"}, 0)
        assert autosaves.unsaved(session, action_id, bo.id or 0, "texts") is None
    with storage.writing() as session:
        autosaves.drop(session, action_id, ada.id or 0, "texts")
        assert autosaves.unsaved(session, action_id, ada.id or 0, "texts") is None
    with pytest.raises(Refused), storage.writing() as session:
        autosaves.keep(session, action_id, ada.id or 0, "texts", 0, {"title-en": "x" * 400_001}, NOON)


@pytest.mark.databases
def test_every_saving_of_a_letter_is_a_version_and_used_ones_read_as_they_were(storage: Storage, ada: Actor) -> None:
    draft(storage, ActionStatus.OPEN)
    which, vault = Which("en"), storage.vault
    with storage.reading() as session:
        first = session.scalars(select(ModelLetter).where(ModelLetter.locale == "en")).one()
    form = Form(0, {which.part: model_letters.words_of(first).edit_token})
    with storage.writing() as session:
        model_letters.save(
            session, vault, ada, SLUG, form, which, LetterWords("Dear Minister,", "Shorter.", "Yours,"), LATER
        )
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        second, first = model_letters.kept_versions(session, action.id, which)
        assert (second.version, second.body) == (2, "Shorter.")
        assert (
            versions.as_it_was(first) == "I write about the cards of at least 1.4 million people.\n\nPlease renew them."
        )
    with pytest.raises(Conflict), storage.writing() as session:
        model_letters.save(session, vault, ada, SLUG, form, which, LetterWords("Dear,", "Other.", "Yours,"), LATER)
    with storage.writing() as session:
        model_letters.restore(session, vault, ada, SLUG, which, 1, LATER)
    with storage.reading() as session:
        assert [it.version for it in model_letters.kept_versions(session, action.id, which)] == [3, 2, 1]
    with pytest.raises(Refused, match="have seen"), storage.writing() as session:
        model_letters.remove(session, vault, ada, SLUG, which, LATER)


def test_an_official_may_have_a_letter_of_their_own_and_lose_it_while_it_is_a_draft(
    storage: Storage, ada: Actor
) -> None:
    draft(storage)
    vault = storage.vault
    with storage.reading() as session:
        official = session.scalars(select(Recipient.official_id)).one()
    which = Which("en", official)
    with storage.writing() as session:
        own = LetterWords("Dear Sir,", "To you alone.", "Yours,")
        model_letters.save(session, vault, ada, SLUG, unwritten(which), which, own, LATER)
    with storage.writing() as session:
        model_letters.remove(session, vault, ada, SLUG, which, LATER)
        assert model_letters.kept_versions(session, 1, which) == []
    with pytest.raises(Unknown), storage.writing() as session:
        other = Which("en", official + 1)
        model_letters.save(session, vault, ada, SLUG, unwritten(other), other, own, LATER)
    with pytest.raises(Refused, match="Write its text"), storage.writing() as session:
        bodiless = LetterWords("M.", "", "")
        model_letters.save(session, vault, ada, SLUG, unwritten(Which("fr")), Which("fr"), bodiless, LATER)


def unwritten(which: Which) -> Form:
    """The form of a letter that is not there yet."""
    return Form(0, {which.part: LetterWords().edit_token})


def test_particulars_are_read_as_they_are_typed(storage: Storage, ada: Actor) -> None:
    draft(storage)
    given = Particulars(number="ua 7/26", kind="stop", deadline="2031-02-03", goal="700", languages="Urdu; pashto, fr")
    assert particulars.faults(given) == {}
    with storage.writing() as session:
        edit_tokens = {"particulars": _seal(session)}
        particulars.save(session, storage.vault, ada, SLUG, Form(0, edit_tokens), given, LATER)
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
    assert (str(action.number), action.goal, action.languages) == ("UA 7/26", 700, ["ur", "ps", "fr"])
    with pytest.raises(Conflict), storage.writing() as session:
        particulars.save(session, storage.vault, ada, SLUG, Form(0, edit_tokens), replace(given, goal="1"), LATER)


def test_each_fault_in_particulars_is_said_at_its_field() -> None:
    wrong = Particulars(
        number="fifty", kind="x", issued_on="soon", deadline="31.12.", goal="0", seats="3", languages="Klingonese"
    )
    assert set(particulars.faults(wrong)) == {
        "number",
        "kind",
        "issued_on",
        "deadline",
        "goal",
        "seats",
        "languages",
    }
    assert set(particulars.faults(replace(Particulars(), previous_url="javascript:1"))) == {"previous_url"}


def test_the_deadline_of_a_public_action_is_not_typed_over(storage: Storage, ada: Actor) -> None:
    draft(storage, ActionStatus.OPEN)
    with pytest.raises(Refused, match="Extend the deadline"), storage.writing() as session:
        given = replace(particulars.typed(session.scalars(select(Action)).one()), deadline="2031-01-01")
        particulars.save(session, storage.vault, ada, SLUG, Form(0, {}), given, LATER)


def test_doing_no_harm_is_stated_by_a_person_on_a_day(storage: Storage, ada: Actor) -> None:
    draft(storage)
    with storage.writing() as session:
        stated = Statement("Nobody is named.", "Little.")
        particulars.state_harm(session, storage.vault, ada, SLUG, stated, "Europe/London", LATER)
    with storage.reading() as session:
        kept = session.scalars(select(HarmStatement)).one()
    assert (kept.consent, kept.organiser_id, kept.on.isoformat()) == ("Nobody is named.", ada.id, "2025-08-01")
    for half in (Statement("Nobody.", ""), Statement("", "Little.")):
        with pytest.raises(Refused), storage.writing() as session:
            particulars.state_harm(session, storage.vault, ada, SLUG, half, "UTC", LATER)
    with pytest.raises(Refused), storage.writing() as session:
        particulars.state_harm(session, storage.vault, audit.COMMAND_LINE, SLUG, stated, "UTC", LATER)


def test_a_line_of_the_bulletin_is_ticked_off_once(storage: Storage, ada: Actor) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT, unplaced=["a stray line", "another"])
    with storage.writing() as session:
        particulars.place_line(session, storage.vault, ada, SLUG, "a stray line", LATER)
        assert session.scalars(select(Action)).one().unplaced == ["another"]
    with pytest.raises(Unknown), storage.writing() as session:
        particulars.place_line(session, storage.vault, ada, SLUG, "a stray line", LATER)


def test_recipients_are_found_added_ordered_and_removed(storage: Storage, ada: Actor) -> None:
    draft(storage)
    vault = storage.vault
    with storage.writing() as session:
        session.add(made.official(name="Śámple Président", office={"en": "President"}, country="FR"))
        session.add(made.official(name="Gone Before", merged_into_id=1))
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        assert [it.name for it in recipients.search(session, action, "sample FRANCE")] == ["Śámple Président"]
        assert recipients.search(session, action, "gone") == []
        president = recipients.search(session, action, "president")[0].id
        first = action.recipients[0].official_id
    with storage.writing() as session:
        recipients.add(session, vault, ada, SLUG, president, RecipientRole.COPY, LATER)
    with pytest.raises(Conflict), storage.writing() as session:
        recipients.add(session, vault, ada, SLUG, president, RecipientRole.TO, LATER)
    with storage.writing() as session:
        recipients.move(session, vault, ada, SLUG, president, -1, LATER)
    assert listed(storage) == [president, first]
    with storage.writing() as session:
        recipients.remove(session, vault, ada, SLUG, president, LATER)
    assert listed(storage) == [first]
    with pytest.raises(Unknown), storage.writing() as session:
        recipients.remove(session, vault, ada, SLUG, president, LATER)


def test_an_open_action_goes_on_asking_somebody(storage: Storage, ada: Actor) -> None:
    draft(storage, ActionStatus.OPEN)
    only = listed(storage)[0]
    with pytest.raises(Refused, match="needs an official"), storage.writing() as session:
        recipients.remove(session, storage.vault, ada, SLUG, only, LATER)
    with pytest.raises(Refused, match="needs an official"), storage.writing() as session:
        recipients.set_role(session, storage.vault, ada, SLUG, only, RecipientRole.COPY, LATER)
    assert listed(storage) == [only]


def listed(storage: Storage) -> list[int]:
    with storage.reading() as session:
        return list(session.scalars(select(Recipient.official_id).order_by(Recipient.position)))


def test_a_text_never_loses_what_it_said_before_there_were_versions(storage: Storage, ada: Actor) -> None:
    draft(storage)
    form, words = read(storage)
    save(storage, ada, form, en=Words(title="All new"))
    with storage.reading() as session:
        text = session.scalars(select(ActionText).where(ActionText.locale == "en")).one()
        first = action_texts.kept_versions(session, text.action_id, "en")[-1]
    assert action_texts.of_version(first) == words["en"]
    assert first.created_at == NOON

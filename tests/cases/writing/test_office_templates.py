"""The office's own templates: kept, changed, removed, begun from; what they may hold; what is kept of an action."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from campaign.cases.writing import office_templates, template_sources
from campaign.cases.writing.office_templates import Kept, laid_into
from campaign.cases.writing.template_sources import Source, left_out
from campaign.cases.writing.texts import Words
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Update, UpdateText
from campaign.vocabulary import Role, TemplateKind, UpdateStatus
from tests import made
from tests.made import NOON

LETTER = {"salutation": "Dear ((official)),", "body": "I write for ((who)).", "close": "Yours,"}


def add(
    storage: Storage,
    name: str = "Detained writers",
    words: Mapping[str, str] = LETTER,
    kind: TemplateKind = TemplateKind.LETTER,
    locale: str = "en",
) -> int:
    with storage.writing() as session:
        return office_templates.add(session, storage.vault, COMMAND_LINE, kind, locale, name, words, NOON)


def read(storage: Storage, template_id: int) -> Kept:
    with storage.reading() as session:
        return office_templates.kept(session, template_id)


def change(storage: Storage, before: Kept, name: str, words: Mapping[str, str]) -> None:
    with storage.writing() as session:
        office_templates.change(session, storage.vault, COMMAND_LINE, before.id, name, words, before.edit_token, NOON)


def events(storage: Storage) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    with storage.reading() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.what.startswith("template")).order_by(AuditEvent.id))
        return [(it.what, json.loads(it.before or "{}"), json.loads(it.after or "{}")) for it in told]


@pytest.mark.databases
def test_a_template_is_kept_changed_and_removed_and_the_trail_keeps_its_words(storage: Storage) -> None:
    first = read(storage, add(storage, "  Detained   writers "))
    assert (first.name, first.locale, dict(first.words)) == ("Detained writers", "en", LETTER)
    change(storage, first, "Writers", {**LETTER, "close": "Respectfully,"})
    assert read(storage, first.id).words["close"] == "Respectfully,"
    with storage.writing() as session:
        office_templates.remove(session, storage.vault, COMMAND_LINE, first.id, NOON)
    with storage.reading() as session:
        assert office_templates.all_kept(session) == ()
    told = {"kind": "letter", "language": "en"}
    assert events(storage) == [
        ("template added", {}, {**told, "name": "Detained writers", **LETTER}),
        (
            "template changed",
            {"name": "Detained writers", "close": "Yours,"},
            {"name": "Writers", "close": "Respectfully,"},
        ),
        ("template removed", {**told, "name": "Writers", **LETTER, "close": "Respectfully,"}, {}),
    ]


def test_saving_what_is_there_already_changes_nothing(storage: Storage) -> None:
    kept = read(storage, add(storage))
    change(storage, kept, kept.name, kept.words)
    assert [what for what, _, _ in events(storage)] == ["template added"]


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        (" ", LETTER, "Give the template a name of at most 80 characters."),
        ("n" * 81, LETTER, "Give the template a name of at most 80 characters."),
        ("Empty", {"body": ""}, "The template is empty. Write its text."),
        ("Long", {**LETTER, "close": "x" * 301}, "This template is too long. Shorten it."),
        ("Long", {"body": "x" * 20_001}, "This template is too long. Shorten it."),
    ],
)
def test_what_is_no_template_is_refused(storage: Storage, name: str, words: dict[str, str], said: str) -> None:
    with pytest.raises(Refused) as refused:
        add(storage, name, words)
    assert str(refused.value) == said
    assert events(storage) == []


@pytest.mark.parametrize("part", ["salutation", "body", "close"])
def test_a_placeholder_that_is_none_is_refused_by_name_with_those_there_are(storage: Storage, part: str) -> None:
    with pytest.raises(Refused) as refused:
        add(storage, words={**LETTER, part: "Of ((holders)) people"})
    said = str(refused.value)
    assert said.startswith("There is no placeholder ((holders)). These exist: ((who)), ((country)), ")
    assert "((people))" in said
    with pytest.raises(Refused, match="nobody"):
        change(storage, read(storage, add(storage)), "Writers", {**LETTER, part: "((nobody))"})


@pytest.mark.databases
def test_two_templates_of_a_kind_and_language_have_two_names(storage: Storage) -> None:
    add(storage, "Writers")
    other = read(storage, add(storage, "Lawyers"))
    add(storage, "Writers", locale="fr")
    add(storage, "Writers", {"subject": "News", "body": "They are free."}, TemplateKind.UPDATE)
    with pytest.raises(Conflict, match="There is a template of this name already"):
        add(storage, "WRITERS")
    with pytest.raises(Conflict, match="There is a template of this name already"):
        change(storage, other, "writers", LETTER)
    change(storage, other, "LAWYERS", LETTER)  # its own, in other letters


@pytest.mark.databases
def test_of_two_who_change_a_template_the_second_is_told(storage: Storage) -> None:
    read_by_both = read(storage, add(storage))
    change(storage, read_by_both, "Writers", {**LETTER, "body": "Of the first."})
    with pytest.raises(Conflict, match="Someone else saved this template while you were writing"):
        change(storage, read_by_both, "Writers", {**LETTER, "body": "Of the second."})
    assert read(storage, read_by_both.id).words["body"] == "Of the first."


def test_a_template_that_is_not_there_or_is_of_another_kind_is_unknown(storage: Storage) -> None:
    number = add(storage)
    with storage.writing() as session:
        with pytest.raises(Unknown):
            office_templates.kept(session, number, TemplateKind.UPDATE)
        with pytest.raises(Unknown):
            office_templates.kept(session, number + 1)
        with pytest.raises(Unknown):
            office_templates.remove(session, storage.vault, COMMAND_LINE, number + 1, NOON)


def test_what_is_begun_has_what_is_known_and_leaves_the_rest_open(storage: Storage) -> None:
    kept = read(storage, add(storage, words={**LETTER, "body": "For ((who)), held in ((place))."}))
    begun = office_templates.begun(kept, {"who": "Ada *Lum*", "official": "Sample Minister"})
    assert begun == {
        "salutation": "Dear Sample Minister,",
        "body": r"For Ada \*Lum\*, held in ((place)).",
        "close": "Yours,",
    }


def test_a_template_fills_what_is_empty_and_says_whose_words_stay() -> None:
    there = {"title": "Free Ada", "summary": "", "background": "The same."}
    new = {"title": "Free ((who))", "summary": "She is held.", "background": "The same."}
    assert laid_into(there, new) == (
        {"title": "Free Ada", "summary": "She is held.", "background": "The same."},
        ("title",),
    )
    assert laid_into(there, new, over=True) == (new, ())
    # What the template does not say is never emptied.
    assert laid_into({"title": "Free Ada"}, {"title": ""}, over=True) == ({"title": "Free Ada"}, ())


def test_the_texts_of_an_action_go_into_a_template_and_come_back() -> None:
    words = Words("Free them", "They are held.", ("Free them.", "Say why."), "Since May.", "Write on.", "I ask for it.")
    parts = office_templates.parts_of(words)
    assert parts["demands"] == "Free them.\nSay why."
    assert office_templates.words_of(parts) == words


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ada Lum was taken.", "((who)) was taken."),
        ("Ada Lum, Bo and others", "((who)) and others"),
        ("Bold of Bo, in Boa Vista", "Bold of ((who)), in Boa Vista"),
        ("Held in Pakistan, by Pakistani police", "Held in ((country)), by Pakistani police"),
        ("UA 56/25 ends on 15 September 2025.", "((number)) ends on ((deadline))."),
        ("((holders)) people, ((people)), ((who))", "((figure)) people, ((people)), ((who))"),
        (r"A\_B was taken", "((who)) was taken"),
        ("A_B was taken", "((who)) was taken"),
    ],
)
def test_what_tells_of_one_action_is_left_out_of_a_template(said: str, left: str) -> None:
    known = {"country": "Pakistan", "number": "UA 56/25", "deadline": "15 September 2025"}
    assert left_out({"body": said}, known, ("Bo", "Ada Lum", "A_B")) == {"body": left}


def test_a_letter_a_text_and_an_update_become_templates_without_their_figures_and_names(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        action.letters[0].body = "Of ((holders)) Card holders in Pakistan."
        who = organisers.add(
            session, storage.vault, COMMAND_LINE, Invitee("Ada", "ada@office.example", Role.EDITOR), NOON
        )
        news = Update(action_id=action.id, organiser_id=who.id, status=UpdateStatus.DRAFT, created_at=NOON, reached=0)
        news.texts = [UpdateText(locale="en", subject="Card holders", body="Half of ((holders)) in Pakistan.")]
        session.add(news)
        session.flush()
        letter = template_sources.words(session, action, Source(TemplateKind.LETTER, "en", version=1))
        assert letter["body"] == "Of ((figure)) ((who)) in ((country))."
        text = template_sources.words(session, action, Source(TemplateKind.ACTION, "en"))
        assert text["summary"] == "The cards of ((figure)) people have run out."
        update = template_sources.words(session, action, Source(TemplateKind.UPDATE, "en", update_id=news.id))
        assert update == {"subject": "((who))", "body": "Half of ((figure)) in ((country))."}
        for missing in (
            Source(TemplateKind.LETTER, "en", version=7),
            Source(TemplateKind.LETTER, "fr"),
            Source(TemplateKind.ACTION, "fr"),
            Source(TemplateKind.ACTION, "en", version=7),
            Source(TemplateKind.UPDATE, "ur", update_id=news.id),
            Source(TemplateKind.UPDATE, "en", update_id=99),
        ):
            with pytest.raises(Unknown):
                template_sources.words(session, action, missing)
        other = made.action(session, "other-case", serial=57)
        with pytest.raises(Unknown):
            template_sources.words(session, other, Source(TemplateKind.UPDATE, "en", update_id=news.id))

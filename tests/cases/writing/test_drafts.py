"""From a bulletin to a draft: everything stored, nothing published."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from campaign.cases import places, slugs
from campaign.cases.importing.bulletin import Bulletin, ModelLetter, Official, Previous, Subject
from campaign.cases.writing import drafts
from campaign.cases.writing.drafts import Beginning
from campaign.cases.writing.headings import Heading
from campaign.errors import Refused, Unknown
from campaign.office.audit import COMMAND_LINE
from campaign.publication.reading import described
from campaign.storage import Storage
from campaign.storage.tables import TextVersion
from campaign.vocabulary import ActionKind, ActionStatus
from tests import made

BULLETIN = Bulletin(
    kind=ActionKind.FURTHER_INFORMATION,
    number="UA 56/25",
    index_reference="ASA 33/9511/2025",
    issue_date=date(2025, 6, 17),
    country="Pakistan",
    title="RENEW THE CARDS *NOW*",
    summary="Cards ((end)) soon. [See](file:///etc/passwd)",
    demands=("1. Renew the cards.",),
    officials=(
        Official(
            name="Sample Minister",
            office="Minister of Interior",
            address=("1 Sample Road", "Islamabad, Pakistan"),
            email=("minister@example.invalid",),
            salutation="Dear Minister,",
        ),
    ),
    letter=ModelLetter("Dear Minister,", ("First.", "Second."), "Yours sincerely,"),
    languages=("English", "Urdu", "Klingonese"),
    deadline=date(2025, 9, 15),
    after_deadline="Ask first.",
    subjects=(Subject("Card holders", "All"),),
    previous=Previous("https://example.org/earlier", "ASA 33/7416/2023"),
    background=("Some background.",),
    unplaced=("a stray line",),
)


def test_a_bulletin_becomes_a_draft_with_all_it_said(storage: Storage) -> None:
    with storage.writing() as session:
        action = drafts.imported(session, storage.vault, COMMAND_LINE, BULLETIN, "the whole text", made.NOON)
        slug = action.slug
        assert action.imported_text == "the whole text"
    with storage.reading() as session:
        it = described(session, slug, "en")
    assert slug == "renew-the-cards-now"
    assert it.status is ActionStatus.DRAFT
    assert (it.number, it.country, it.time_zone) == ("UA 56/25", "PK", "Asia/Karachi")
    assert it.languages == ("en", "ur")
    assert it.recipients[0].emails == ("minister@example.invalid",)
    assert it.letters[0].text == "First.\n\nSecond."
    assert it.unplaced == ("a stray line",)
    assert it.chain[0].url == "https://example.org/earlier"


def test_what_was_not_written_as_markdown_does_not_become_it(storage: Storage) -> None:
    with storage.writing() as session:
        slug = drafts.imported(session, storage.vault, COMMAND_LINE, BULLETIN, "", made.NOON).slug
    with storage.reading() as session:
        it = described(session, slug, "en")
    assert it.summary == "Cards ((end)) soon. [See](file:///etc/passwd)"
    assert it.demands == ("1. Renew the cards.",)


def test_a_draft_whose_deadline_has_passed_says_so(storage: Storage) -> None:
    with storage.writing() as session:
        action = drafts.imported(session, storage.vault, COMMAND_LINE, BULLETIN, "", made.NOON)
        assert not drafts.says_late(action, made.NOON)
        assert drafts.says_late(action, made.NOON.replace(year=2026))


@pytest.mark.databases
def test_two_bulletins_of_one_title_get_names_of_their_own(storage: Storage) -> None:
    slugs = []
    for _ in range(3):
        with storage.writing() as session:
            slugs.append(drafts.imported(session, storage.vault, COMMAND_LINE, BULLETIN, "", made.NOON).slug)
    assert slugs == ["renew-the-cards-now", "renew-the-cards-now-2", "renew-the-cards-now-3"]


def test_a_bulletin_with_nothing_but_a_letter_can_be_kept(storage: Storage) -> None:
    with storage.writing() as session:
        action = drafts.imported(
            session,
            storage.vault,
            COMMAND_LINE,
            Bulletin(letter=ModelLetter("Dear,", ("Please.",), None)),
            "",
            made.NOON,
        )
        assert action.slug == "action"


def test_a_bulletin_may_belong_to_a_case_that_is_there(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with storage.writing() as session:
        action = drafts.imported(session, storage.vault, COMMAND_LINE, BULLETIN, "", made.NOON, "renew-the-cards")
        assert action.case.slug == "renew-the-cards"
        assert len(action.case.subjects) == 1
        kept = session.scalars(select(TextVersion)).one()
    assert (kept.version, kept.locale) == (1, "en")
    with pytest.raises(Unknown), storage.writing() as session:
        drafts.imported(session, storage.vault, COMMAND_LINE, BULLETIN, "", made.NOON, "no-such-case")


@pytest.mark.databases
def test_a_copy_says_what_the_action_said_without_its_number_and_dates(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with storage.writing() as session:
        vault = storage.vault
        same = drafts.copied(session, vault, COMMAND_LINE, "renew-the-cards", made.NOON, same_case=True)
        other = drafts.copied(session, vault, COMMAND_LINE, "renew-the-cards", made.NOON, same_case=False)
        assert same.case.slug == "renew-the-cards" != other.case.slug
        assert (other.case.country, other.case.figures) == ("PK", [])
        for copy in (same, other):
            assert copy.status is ActionStatus.DRAFT
            assert (copy.number, copy.deadline, copy.issued_on, copy.opened_at) == (None, None, None, None)
            assert [it.title for it in copy.texts] == ["Renew the cards", "کارڈز کی تجدید کریں"]
            assert len(copy.recipients) == 1
            assert {it.locale: it.version for it in copy.letters} == {"en": 1, "ur": 1}


def test_a_copy_has_the_number_and_title_that_are_asked_for_and_no_old_title_in_another_language(
    storage: Storage,
) -> None:
    with storage.writing() as session:
        made.action(session)
        heading = Heading("  Renew the  passes ", "UA 60/25")
        copy = drafts.copied(
            session, storage.vault, COMMAND_LINE, "renew-the-cards", made.NOON, same_case=True, heading=heading
        )
        assert copy.slug == "renew-the-passes"
        assert str(copy.number) == "UA 60/25"
        assert {it.locale: it.title for it in copy.texts} == {"en": "Renew the passes", "ur": ""}
        # What is said below the title is the same, and so it stays.
        assert all(it.summary for it in copy.texts)
        same = Heading("Renew the cards")
        kept = drafts.copied(
            session, storage.vault, COMMAND_LINE, "renew-the-cards", made.NOON, same_case=True, heading=same
        )
        assert kept.number is None
        assert [it.title for it in kept.texts] == ["Renew the cards", "کارڈز کی تجدید کریں"]


def test_a_sensitive_case_is_not_copied_into_a_case_that_all_see(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session).case.sensitive_since = made.NOON
    with pytest.raises(Refused, match="This case is sensitive"), storage.writing() as session:
        drafts.copied(session, storage.vault, COMMAND_LINE, "renew-the-cards", made.NOON, same_case=False)
    with storage.writing() as session:
        copy = drafts.copied(session, storage.vault, COMMAND_LINE, "renew-the-cards", made.NOON, same_case=True)
        assert copy.case.sensitive_since is not None


def test_an_empty_draft_begins_in_a_new_case_or_one_that_is_there(storage: Storage) -> None:
    with storage.writing() as session:
        begun = drafts.begun(session, storage.vault, COMMAND_LINE, Beginning("New", "ur", country="PK"), made.NOON)
        assert (begun.slug, begun.case.time_zone, begun.texts[0].locale) == ("new-2", "Asia/Karachi", "ur")
        again = drafts.begun(session, storage.vault, COMMAND_LINE, Beginning("More", case="new-2"), made.NOON)
        assert again.case_id == begun.case_id
    for beginning in (Beginning(" ", country="PK"), Beginning("Title"), Beginning("Title", "xx", country="PK")):
        with pytest.raises(Refused), storage.writing() as session:
            drafts.begun(session, storage.vault, COMMAND_LINE, beginning, made.NOON)


def test_titles_in_other_scripts_still_make_a_name() -> None:
    assert slugs.slugged("Überfällige Hilfe – jetzt!") == "uberfallige-hilfe-jetzt"
    assert slugs.slugged("ایران") == ""
    assert len(slugs.slugged("word " * 50)) <= slugs.LONGEST_SLUG


def test_countries_and_languages_are_found_by_the_names_that_bulletins_use() -> None:
    assert places.country_code("Viet Nam") == "VN"
    assert places.country_code(" pakistan ") == "PK"
    assert places.country_code("Atlantis") is None
    for name, code in (("Bosnia and Herzegovina", "BA"), ("Saint Lucia", "LC"), ("Cote d'Ivoire", "CI")):
        assert places.country_code(name) == code
    assert places.language_tag("Urdu") == "ur"
    assert places.time_zone("PK") == ("Asia/Karachi", "Karachi")
    assert places.time_zone("ZZ") == ("UTC", "")

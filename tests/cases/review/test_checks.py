"""What the checks say of an action, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaign.cases.evidence.figure_rules import Period, Reading
from campaign.cases.review.check_input import CheckedRecipient, Harm, Letter, Text, Written
from campaign.cases.review.checks import Level, Part, checks, stops, warnings
from campaign.cases.review.text_heuristics import asks_for_something, numbers_typed
from campaign.cases.writing.model_letters import LetterWords
from campaign.cases.writing.versions import PARTS
from campaign.publication import fields
from campaign.vocabulary import RecipientRole
from tests.made import NOON

MINISTER = CheckedRecipient(
    7, "Sample Minister", RecipientRole.TO, ("en", "ur"), frozenset({"en", "ur"}), ("post", "e-mail")
)
SOUND = Written(
    original_locale="en",
    country_known=True,
    numbered=True,
    deadline=date(2025, 9, 15),
    time_zone="Asia/Karachi",
    place="Islamabad",
    languages=("en", "ur"),
    wanted_languages=("en",),
    texts=(
        Text("en", "Renew the cards", "The cards of ((holders)) people have run out.", ("Renew the cards.",)),
        Text("ur", "کارڈز کی تجدید کریں", "کارڈز ختم ہو گئے۔", ("کارڈز کی تجدید کریں۔",)),
    ),
    letters=(
        Letter("en", None, "Dear Minister,", "Please renew the cards of ((holders)).", "Yours sincerely,"),
        Letter("ur", None, "", "تجدید کریں۔", "والسلام،"),
    ),
    recipients=(MINISTER,),
    figures=(Reading(1, "holders", 1_400_000, 1, Period(date(2025, 6, 17), date(2025, 6, 17)), quoted=True),),
    unsourced=frozenset(),
    harm=Harm("Nobody is named.", "Little.", "Ada", date(2025, 7, 30)),
    stale_days=90,
    pages={("en", 7): 1, ("ur", 7): 1},
)


def said(written: Written, level: Level) -> str:
    return " ".join(it.says for it in checks(written, NOON) if it.level is level)


def test_a_sound_action_is_stopped_and_warned_by_nothing() -> None:
    found = checks(SOUND, NOON)
    assert stops(found) == warnings(found) == ()
    assert len(found) > 8


def test_the_gravest_stands_first() -> None:
    levels = [it.level for it in checks(replace(SOUND, deadline=None, numbered=False), NOON)]
    assert levels == sorted(levels, key=list(Level).index)


def test_the_deadline_must_be_ahead_and_its_zone_is_named() -> None:
    assert "15 September 2025, midnight in Islamabad (Asia/Karachi)" in said(SOUND, Level.PASS)
    assert "has no deadline" in said(replace(SOUND, deadline=None), Level.STOP)
    assert "has passed" in said(replace(SOUND, deadline=date(2025, 7, 31)), Level.STOP)
    assert "very soon" in said(replace(SOUND, deadline=date(2025, 8, 2)), Level.WARN)


def test_somebody_must_be_asked_over_a_channel_that_works() -> None:
    assert "No official is asked" in said(replace(SOUND, recipients=()), Level.STOP)
    copied = replace(MINISTER, role=RecipientRole.COPY)
    assert "No official is asked" in said(replace(SOUND, recipients=(copied,)), Level.STOP)
    unreached = replace(MINISTER, id=8, name="Other Minister", works=(), broken=("e-mail bounced",))
    assert "Other Minister (e-mail bounced)" in said(replace(SOUND, recipients=(unreached,)), Level.STOP)
    assert "Other Minister (e-mail bounced)" in said(replace(SOUND, recipients=(MINISTER, unreached)), Level.WARN)


def test_a_channel_that_fails_is_told_even_where_another_works() -> None:
    half = replace(MINISTER, works=("post",), broken=("e-mail bounced",))
    assert "Does not work for Sample Minister: e-mail bounced." in said(replace(SOUND, recipients=(half,)), Level.WARN)


def test_a_field_that_nothing_fills_stops_it_in_texts_and_in_letters() -> None:
    nobody = replace(SOUND, figures=())
    stopped = [it for it in checks(nobody, NOON) if it.level is Level.STOP]
    assert {(it.part, it.locale) for it in stopped} == {(Part.TEXTS, "en"), (Part.LETTERS, "en")}
    assert all("((holders))" in it.says for it in stopped)


@pytest.mark.parametrize("name", ["title", "ask", "after_deadline"])
def test_a_field_where_none_is_filled_stops_it(name: str) -> None:
    """It passed the checks and was published raw: as headline, share picture, subject, and on the button."""
    (first, *others) = SOUND.texts
    raw = replace(SOUND, texts=(replace(first, **{name: "((holders)) people need cards"}), *others))
    (stopped,) = stops(checks(raw, NOON))
    assert "((holders))" in stopped.says and stopped.locale == "en"


def test_which_strings_hold_fields_is_one_list_that_leaves_none_out() -> None:
    assert {*fields.IN_TEXTS, *fields.NOT_IN_TEXTS} == {*PARTS}
    assert {*fields.IN_LETTERS, *fields.NOT_IN_LETTERS} == {*LetterWords.__dataclass_fields__}


def test_a_qualifier_that_a_letter_would_print_in_another_language_stops_it() -> None:
    untold = replace(SOUND, untold=(("holders", "qualifier", "ur"),))
    assert "is missing in Urdu" in said(replace(untold, texts=(*SOUND.texts,)), Level.WARN)
    quoted = replace(SOUND.letters[1], body="((holders)) افراد")
    assert "is missing in Urdu" in said(replace(untold, letters=(SOUND.letters[0], quoted)), Level.STOP)


def test_a_figure_of_which_none_was_chosen_is_mended_in_the_case() -> None:
    undecided = replace(SOUND, figures=(replace(SOUND.figures[0], quoted=False),))
    assert {it.part for it in stops(checks(undecided, NOON))} == {Part.CASE}


def test_a_quoted_figure_is_fresh_dated_and_undisputed_or_warned_of() -> None:
    figure = SOUND.figures[0]
    later = NOON + timedelta(days=80)
    old = replace(SOUND, deadline=date(2025, 12, 1), stale_days=90)
    assert "days old (limit 90)" in " ".join(it.says for it in warnings(checks(old, later)))
    assert "it has no date" in said(replace(SOUND, figures=(replace(figure, when=None),)), Level.WARN)
    other = replace(figure, id=2, value=1_300_000, source=2, quoted=False)
    assert "another source disagrees" in said(replace(SOUND, figures=(figure, other)), Level.WARN)
    weighed = replace(SOUND, figures=(replace(figure, weighed=True), other))
    assert said(weighed, Level.WARN) == ""


def test_a_figure_that_no_text_quotes_is_nobodys_trouble() -> None:
    idle = replace(SOUND.figures[0], id=3, key="idle", when=None)
    assert said(replace(SOUND, figures=(*SOUND.figures, idle)), Level.WARN) == ""


def test_numbers_that_were_typed_are_pointed_at() -> None:
    text = replace(SOUND.texts[0], background="At least 1,080,312 people, 1.4 million of them, since 2023.")
    assert "1,080,312, 1.4 million" in said(replace(SOUND, texts=(text, SOUND.texts[1])), Level.WARN)


@pytest.mark.parametrize(
    "text", ["UA 56/25", "ASA 33/9511/2025", "on 17 June 2025", "+92 51 920 2624", "G-5/1", "Article 33", "in 2023"]
)
def test_years_dates_and_references_are_no_figures(text: str) -> None:
    assert numbers_typed([text]) == ()


@pytest.mark.parametrize(
    "demand",
    [
        "Renew the cards.",
        "1. Immediately release him.",
        "Please stop all returns.",
        "I therefore urge you to renew the cards.",
        "The government must stop the returns.",
        "“Halt” the plan",
    ],
)
def test_a_demand_asks_for_something(demand: str) -> None:
    assert asks_for_something(demand)


@pytest.mark.parametrize("demand", ["The cards have run out.", "Will you renew the cards?", "", "We are very sad."])
def test_a_statement_or_a_question_is_no_demand(demand: str) -> None:
    assert not asks_for_something(demand)


def test_without_a_demand_it_does_not_open() -> None:
    silent = replace(SOUND.texts[0], demands=(" ",))
    assert "has no demand" in said(replace(SOUND, texts=(silent, SOUND.texts[1])), Level.STOP)
    sad = replace(SOUND.texts[0], demands=("The cards have run out.",))
    assert "No demand in English starts" in said(replace(SOUND, texts=(sad, SOUND.texts[1])), Level.WARN)


def test_a_letter_is_one_page_with_a_greeting_in_each_language() -> None:
    assert "in Urdu has 2 pages" in said(replace(SOUND, pages={("en", 7): 1, ("ur", 7): 2}), Level.WARN)
    assert "in Urdu cannot be printed" in said(replace(SOUND, pages={("ur", 7): None}), Level.STOP)
    nameless = replace(MINISTER, salutations=frozenset({"en"}))
    assert "in Urdu has no salutation for Sample Minister" in said(replace(SOUND, recipients=(nameless,)), Level.STOP)


def test_a_letter_of_their_own_greets_an_official_in_place_of_the_one_for_all() -> None:
    nameless = replace(MINISTER, salutations=frozenset())
    own = Letter("ur", 7, "محترم وزیر صاحب،", "تجدید کریں۔", "والسلام،")
    letters = replace(SOUND, recipients=(nameless,), letters=(*SOUND.letters, own))
    assert "has no salutation" not in said(letters, Level.STOP)


def test_texts_and_letters_are_in_the_languages_the_officials_prefer() -> None:
    english = replace(SOUND, texts=SOUND.texts[:1], letters=SOUND.letters[:1], pages={("en", 7): 1})
    warned = said(english, Level.WARN)
    assert "there is no Urdu letter" in warned
    assert "there is no Urdu text" in warned
    persian = replace(SOUND, recipients=(replace(MINISTER, languages=("fa",)),))
    assert "Sample Minister reads Persian" in said(persian, Level.WARN)
    assert "one of your organisation’s languages" in said(replace(SOUND, wanted_languages=("fr",)), Level.WARN)


def test_title_and_summary_have_a_length() -> None:
    long = replace(SOUND.texts[0], title="x" * 91, summary="y" * 601)
    warned = said(replace(SOUND, texts=(long, SOUND.texts[1])), Level.WARN)
    assert "title has 91 characters; the limit is 90" in warned
    assert "summary has 601 characters; the limit is 600" in warned
    fitting = replace(SOUND.texts[0], title="x" * 90, summary="y" * 600)
    assert "characters; the limit" not in said(replace(SOUND, texts=(fitting, SOUND.texts[1])), Level.WARN)


def test_doing_no_harm_is_stated_and_not_long_ago() -> None:
    assert "do-no-harm statement is not signed" in said(replace(SOUND, harm=None), Level.STOP)
    assert "do-no-harm statement is not signed" in said(
        replace(SOUND, harm=Harm("Yes.", " ", "Ada", date(2025, 7, 30))), Level.STOP
    )
    assert "Ada, 30 July 2025" in said(SOUND, Level.PASS)
    assert "is old" in said(replace(SOUND, harm=Harm("Yes.", "Little.", "Ada", date(2025, 4, 1))), Level.WARN)


def test_a_placeholder_of_a_template_is_told_as_one_and_not_as_a_missing_figure() -> None:
    letter = replace(SOUND.letters[0], body="On behalf of ((people)) people, of ((nobody)).")
    text = replace(SOUND.texts[0], summary="((court)) sat.")
    stopped = {it.says for it in stops(checks(replace(SOUND, texts=(text,), letters=(letter,)), NOON))}
    assert stopped >= {
        "The English letter still has the placeholder [the number of people]. Write your own words in place of "
        "((people)).",
        "The English text still has the placeholder [the court]. Write your own words in place of ((court)).",
        "The English letter uses ((nobody)), which has no value. Replace it with your own words, or add a figure.",
    }


def test_a_figure_that_has_the_name_of_a_placeholder_is_a_figure() -> None:
    letter = replace(SOUND.letters[0], body="On behalf of ((people)) people.")
    people = replace(SOUND.figures[0], key="people")
    chosen = replace(SOUND, letters=(letter,), figures=(*SOUND.figures, people))
    assert stops(checks(chosen, NOON)) == ()
    not_chosen = replace(chosen, figures=(*SOUND.figures, replace(people, quoted=False)))
    (stopped,) = stops(checks(not_chosen, NOON))
    assert stopped.says == "The English letter uses ((people)), but no figure is chosen for it."


@pytest.mark.parametrize(
    ("part", "changed"),
    [("Title", {"title": "Free ((who))"}), ("Sentence to sign", {"ask": "I ask for ((who))"})],
)
def test_a_placeholder_in_a_title_stops_as_one(part: str, changed: dict[str, str]) -> None:
    text = replace(SOUND.texts[0], **changed)  # type: ignore[arg-type]
    (stopped,) = stops(checks(replace(SOUND, texts=(text, SOUND.texts[1])), NOON))
    assert stopped.says == (
        f"{part} (English) still has the placeholder [the name of the person or group, if it is safe to name them]. "
        "Write your own words in place of ((who))."
    )

"""Reading: the list, an action in each of its states, its count, and who may keep what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from campaign.appeals.counting import tallies
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.language import LANGUAGES
from campaign.storage.tables import Action, ActionText, ModelLetter, Organisation
from campaign.vocabulary import ActionStatus, Disclosure
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour, signatures
from tests.web.reading import Page


def page_at(site: Site, path: str) -> Page:
    answer = site.fresh().client.get(path)
    assert answer.status_code == 200
    return Page(answer.text)


def confirmed(site: Site, email: str, **values: object) -> None:
    """Someone has signed and confirmed, and was counted."""
    with site.storage.writing() as session:
        sign(session, site.storage.vault, SLUG, made.wish(email, **values), made.NOON)
    with site.storage.writing() as session:
        confirming.confirm(session, site.storage.vault, signatures(site)[-1].reference, made.NOON + timedelta(hours=1))
        tallies.roll_up(session)


# --- the list ---


def test_the_list_names_open_actions_by_deadline_then_those_that_are_over(site: Site) -> None:
    day = datetime.now(UTC).date()
    with site.storage.writing() as session:
        session.execute(delete(ActionText))
        session.execute(delete(Action).where(Action.slug == "none"))
        for slug, deadline, status in (
            ("later", day + timedelta(days=40), ActionStatus.OPEN),
            ("sooner", day + timedelta(days=2), ActionStatus.OPEN),
            ("past", day - timedelta(days=30), ActionStatus.CLOSED),
            ("long-past", day - timedelta(days=300), ActionStatus.ARCHIVED),
            ("stopped", day + timedelta(days=1), ActionStatus.STOPPED),
            ("draft", day + timedelta(days=1), ActionStatus.DRAFT),
        ):
            made.action(session, slug, deadline, status)
    page = page_at(site, "/en/")
    listed = [link.rpartition("/")[2] for link in page.links if link.startswith("/en/actions/")]
    assert listed == ["sooner", SLUG, "later", "past", "long-past"]


def test_an_action_whose_last_day_is_gone_stands_among_those_over_before_any_job_closed_it(
    site: Site, changed: Callable[..., None]
) -> None:
    changed(deadline=datetime.now(UTC).date() - timedelta(days=3))
    page = page_at(site, "/en/")
    assert page.one("h2", id="past").text == "Closed actions"
    assert page.one("ol", class_="path").text.endswith("Renew the cards")
    assert page_at(site, "/en/closed").one("h2").text == "Renew the cards"


def test_an_empty_list_says_so(site: Site, changed: Callable[..., None]) -> None:
    changed(status=ActionStatus.DRAFT)
    assert "No action is open today." in page_at(site, "/en/").text


# --- an action ---


def test_the_page_of_an_action_answers_the_first_questions_in_order(site: Site) -> None:
    page = page_at(site, f"/en/actions/{SLUG}")
    told = page.text
    marks = [
        "Example Rights Office",
        "اردو",
        "Pakistan",
        "UA 56/25",
        "Renew the cards",
        "days left",
        "The cards of at least 1.4 million people have run out.",
        "Sign this action",
        "Sample Minister",
        "Stop forced returns.",
        "Write a letter",
        "Dear Minister,",
        "@sampleminister",
        "Who is at risk",
    ]
    places = [told.index(mark) for mark in marks]
    assert places == sorted(places)
    assert page.heading == "Renew the cards"


def test_the_page_in_urdu_is_urdu_from_right_to_left(site: Site) -> None:
    page = page_at(site, f"/ur/actions/{SLUG}")
    root = page.one("html")
    assert (root["lang"], root["dir"]) == ("ur", "rtl")
    assert page.heading == "کارڈز کی تجدید کریں"
    assert "محترم وزیر صاحب،" in page.text
    assert "وزیر داخلہ" in page.text
    for english in ("Sign this action", "days left", "Write a letter", "Who can see", "What we ask"):
        assert english not in page.text


@pytest.mark.parametrize("path", ["/en/", f"/en/actions/{SLUG}", "/en/privacy", "/ur/", "/en/nowhere"])
def test_each_page_offers_itself_in_every_language_named_in_its_own_script(site: Site, path: str) -> None:
    page = Page(site.client.get(path).text)
    offered = {it["hreflang"]: it for it in page.all("a") if it.get("hreflang")}
    assert {tag: it.text for tag, it in offered.items()} == {it.tag: it.name for it in LANGUAGES.values()}
    assert (offered["ur"]["lang"], offered["ur"]["dir"], offered["ur"].text) == ("ur", "rtl", "اردو")
    here = path[1:3]
    assert [tag for tag, it in offered.items() if it.get("aria-current") == "true"] == [here]
    if path != "/en/nowhere":
        assert {it["href"] for it in offered.values()} == {f"/{tag}{path[3:]}" for tag in LANGUAGES}
    # Programs are told the same: of every language but this page's own.
    alternates = {
        it["hreflang"]: it["href"] for it in page.all("link", rel="alternate") if it.get("hreflang") in offered
    }
    assert alternates == {tag: it["href"] for tag, it in offered.items() if tag != here}


def test_an_action_without_a_version_in_the_readers_language_is_shown_in_its_original_and_marked(site: Site) -> None:
    with site.storage.writing() as session:
        session.execute(delete(ActionText).where(ActionText.locale == "ur"))
        session.execute(delete(ModelLetter).where(ModelLetter.locale == "ur"))
    page = page_at(site, f"/ur/actions/{SLUG}")
    assert page.one("html")["lang"] == "ur"
    # The demands stand in the form, and once more for a print of the page, which has no form.
    demands = page.all("ol", class_="asks")
    assert demands
    for shown in (page.one("h1"), *demands, page.one("article", class_="paper")):
        assert (shown["lang"], shown["dir"]) == ("en", "ltr")
    assert "یہ" in page.one("p", class_="note").text
    title = page_at(site, "/ur/").one("a", href=f"/ur/actions/{SLUG}")
    assert (title["lang"], title["dir"], title.text) == ("en", "ltr", "Renew the cards")


def test_the_letter_may_be_read_in_another_language_than_the_page(site: Site) -> None:
    page = page_at(site, f"/en/actions/{SLUG}?letter=ur&official=1")
    sheet = page.one("article", class_="paper")
    assert (sheet["lang"], sheet["dir"]) == ("ur", "rtl")
    assert "محترم وزیر صاحب،" in sheet.text
    assert page.one("html")["lang"] == "en"


@pytest.mark.parametrize("asked", ["letter=xx&official=99", "letter=%00", f"letter={'x' * 500}", "official=abc"])
def test_a_letter_or_official_that_is_not_there_gives_the_first_there_is(site: Site, asked: str) -> None:
    assert page_at(site, f"/en/actions/{SLUG}?{asked}").one("article", class_="paper")["lang"] == "en"


def test_only_names_that_everyone_may_see_are_shown_isolated_and_never_an_address(site: Site) -> None:
    confirmed(site, "ada@example.org", name="Ada <b>Lovelace</b>")
    confirmed(site, "bea@example.org", name="Bea Official", disclosure=Disclosure.OFFICIAL)
    confirmed(site, "cem@example.org", name="Cem Withheld", disclosure=Disclosure.WITHHELD)
    answer = site.fresh().client.get(f"/en/actions/{SLUG}").text
    page = Page(answer)
    names = page.one("ul", class_="names")
    assert names.text == "Ada <b>Lovelace</b>"
    assert '<bdi translate="no">Ada &lt;b&gt;Lovelace&lt;/b&gt;</bdi>' in answer
    for hidden in ("Bea", "Cem", "ada@", "bea@", "cem@"):
        assert hidden not in answer
    assert page.one("div", class_="score").text.startswith("3 of 500 signed")


# --- the states of an action ---


def test_after_the_deadline_the_form_gives_way_to_what_happened_and_what_still_helps(
    site: Site, hour: Hour, changed: Callable[..., None]
) -> None:
    changed(deadline=date(2025, 9, 15))
    for status in (ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.ARCHIVED):
        changed(status=status)
        page = page_at(site, f"/en/actions/{SLUG}")
        assert not page.all("input", name="email")
        assert not page.all("form", action=f"/en/actions/{SLUG}/sign")
        card = page.one("section", id="sign").text
        assert "Signing has closed" in card
        assert "15 September 2025" in card
        assert "What you can still do" in card
        assert "Dear Minister," in page.text


def test_what_came_of_it_is_told_when_it_is_known(site: Site, changed: Callable[..., None]) -> None:
    changed(status=ActionStatus.CLOSED, deadline=date(2025, 9, 15), outcome={"en": "The cards were renewed."})
    assert "The cards were renewed." in page_at(site, f"/en/actions/{SLUG}").one("section", id="sign").text


def test_whoever_comes_when_signing_is_over_is_not_asked_to_be_the_first(
    site: Site, changed: Callable[..., None]
) -> None:
    assert "Be the first to sign" in site.client.get(f"/en/actions/{SLUG}").text
    changed(deadline=date(2024, 6, 7), issued_on=date(2024, 5, 1))
    page = Page(site.fresh().client.get(f"/en/actions/{SLUG}").text)
    assert "Signing has closed" in page.text
    assert "Nobody signed" in page.text
    assert "Be the first to sign" not in page.text


def test_an_action_that_is_over_points_to_the_open_one_of_its_case(site: Site, changed: Callable[..., None]) -> None:
    with site.storage.writing() as session:
        first = session.scalars(select(Action)).one()
        made.action(session, "second", case=first.case, issued_on=date(2025, 7, 1), previous_id=first.id)
    changed(status=ActionStatus.CLOSED, deadline=date(2025, 6, 20))
    page = page_at(site, f"/en/actions/{SLUG}")
    assert "/en/actions/second" in page.links
    assert "open now" in page.one("section", id="sign").text


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_a_stopped_action_says_only_that_and_why_and_hides_its_texts(
    site: Site, changed: Callable[..., None], locale: str
) -> None:
    changed(status=ActionStatus.STOPPED, stop_reason={"en": "She is free.", "ur": "وہ آزاد ہیں۔"})
    answer = site.fresh().client.get(f"/{locale}/actions/{SLUG}")
    page = Page(answer.text)
    assert {"en": "She is free.", "ur": "وہ آزاد ہیں۔"}[locale] in page.text
    for gone in (
        "Renew the cards",
        "کارڈز",
        "Dear Minister",
        "محترم",
        "Sample Minister",
        "1.4",
        "cards expire",
        "Card holders",
        "minister@example.invalid",
        ".pdf",
    ):
        assert gone not in answer.text
    assert not page.all("form")
    assert page.one("meta", name="robots")["content"] == "noindex"


def test_a_reason_that_is_not_in_the_readers_language_says_in_which_it_is(
    site: Site, changed: Callable[..., None]
) -> None:
    changed(status=ActionStatus.STOPPED, stop_reason={"en": "She is free."})
    assert '<p class="note" lang="en" dir="ltr">She is free.</p>' in site.fresh().client.get(f"/ur/actions/{SLUG}").text


def test_a_draft_is_as_unknown_as_what_never_was(site: Site, changed: Callable[..., None]) -> None:
    for status in (ActionStatus.DRAFT, ActionStatus.IN_REVIEW):
        changed(status=status)
        site.fresh()
        for path in (f"/en/actions/{SLUG}", f"/actions/{SLUG}/count.json"):
            draft, never = site.client.get(path), site.client.get(path.replace(SLUG, "no-such-action"))
            assert draft.status_code == never.status_code == 404
            assert draft.text.replace(SLUG, "") == never.text.replace("no-such-action", "")


# --- choosing a language ---


@pytest.mark.parametrize(
    ("said", "there"),
    [
        (None, "en"),
        ("ur", "ur"),
        ("ur-PK,en;q=0.5", "ur"),
        ("de,ur;q=0.3,en;q=0.2", "ur"),
        ("sv, de", "en"),
        ("*", "en"),
        ("\x7f;;q=,,", "en"),
    ],
)
def test_an_address_without_a_language_leads_to_the_readers_own(site: Site, said: str | None, there: str) -> None:
    headers = {"Accept-Language": said} if said else {}
    for path, rest in (("/", "/"), (f"/actions/{SLUG}", f"/actions/{SLUG}")):
        answer = site.client.get(path, headers=headers)
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/{there}{rest}"
        # Whoever keeps this answer must keep it by language.
        assert answer.headers["Vary"] == "Accept-Language"


def test_a_language_that_the_pages_do_not_speak_is_a_page_that_does_not_exist(site: Site) -> None:
    for path in ("/xx/", "/de/privacy", f"/EN/actions/{SLUG}", "/../etc/passwd"):
        assert site.client.get(path).status_code == 404


def test_a_page_in_one_language_is_the_same_whatever_the_browser_prefers(site: Site) -> None:
    in_urdu = site.client.get("/en/privacy", headers={"Accept-Language": "ur"})
    assert in_urdu.data == site.fresh().client.get("/en/privacy").data
    assert "Accept-Language" not in in_urdu.headers["Vary"]


# --- what is kept, and by whom ---


def test_the_count_is_four_values_that_anyone_may_keep_for_as_long_as_they_hold(site: Site) -> None:
    confirmed(site, "ada@example.org")
    confirmed(site, "bea@example.org", country="FR")
    answer = site.client.get(f"/actions/{SLUG}/count.json")
    told = answer.get_json()
    assert list(told) == sorted(told)
    as_of = told.pop("as_of")
    assert told == {"count": 2, "countries": 2, "goal": 500}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", as_of)
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=3"


def test_a_page_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    first = site.client.get(f"/en/actions/{SLUG}")
    etag = first.headers["ETag"]
    again = site.client.get(f"/en/actions/{SLUG}", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    other = site.client.get(f"/en/actions/{SLUG}", headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.data) == (200, first.data)


def test_everyone_who_asks_within_seconds_gets_the_same_page_and_token(site: Site) -> None:
    tokens = {Page(site.app.test_client().get(f"/en/actions/{SLUG}").text).hidden("token") for _ in range(5)}
    assert len(tokens) == 1


def test_the_privacy_page_states_the_terms_that_this_installation_keeps(site: Site) -> None:
    with site.storage.writing() as session:
        session.scalars(select(Organisation)).one().retention_days = 77
    told = page_at(site, "/en/privacy").text
    for term in ("77 days", "14 days", "24 hours", "48 hours", "office@example.org", "12 Sample Street"):
        assert term in told
    assert "77" in page_at(site, "/ur/privacy").text


@pytest.mark.parametrize(
    ("today", "said"),
    [(date(2025, 12, 20), "Opens on 3 January 2026"), (date(2026, 1, 2), "Opens on 3 January")],
)
def test_a_day_carries_its_year_unless_it_is_this_year(
    site: Site, changed: Callable[..., None], hour: Hour, today: date, said: str
) -> None:
    changed(issued_on=date(2026, 1, 3), deadline=date(2026, 2, 3))
    hour.becomes(datetime(today.year, today.month, today.day, 12, tzinfo=UTC))
    score = next(it for it in Page(site.fresh().client.get(f"/en/actions/{SLUG}").text).all("p", class_="d"))
    assert score.text == said

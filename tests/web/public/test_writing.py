"""Writing one's own letter over the web: the form, the preview, the files, the ways to send it; nothing is kept."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import docx
import pytest
from sqlalchemy import select

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.counting import letter_reports
from campaign.storage.tables import Base, ModelLetter, Recipient
from campaign.vocabulary import ActionStatus, RecipientRole
from tests import made
from tests.conftest import Site
from tests.printing.reading import by_pdfium, pages, plain
from tests.web.conftest import SLUG, Hour
from tests.web.reading import Page

HERE = f"/en/actions/{SLUG}"
WRITE = f"{HERE}/write"
OWN = "I was born in Peshawar.\r\n\r\nMy neighbours' cards ran out. Please renew them."
ADA = {"name": "Ada Lovelace", "place": "London", "text": OWN, "lang": "en", "official": "1"}


@pytest.fixture
def ambassador(site: Site) -> Site:
    """The site, with an ambassador to whom a copy goes."""
    with site.storage.writing() as session:
        copied = made.official(name="Sample Ambassador", address=["2 Sample Road", "London"], country="GB")
        action_id = session.scalars(select(ModelLetter.action_id)).first()
        session.add(Recipient(action_id=action_id, official=copied, role=RecipientRole.COPY, position=2))
    return site


def written(site: Site, **changes: str) -> Page:
    answer = site.client.post(WRITE, data={**ADA, **changes})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return Page(answer.text)


def test_the_form_starts_from_the_model_with_its_figures_between_greeting_and_close(site: Site) -> None:
    answer = site.client.get(WRITE)
    page = Page(answer.text)

    assert answer.headers["Cache-Control"].startswith("public")
    assert (
        page.one("textarea", name="text").text
        == "I write about the cards of at least 1.4 million people. Please renew them."
    )
    assert page.one("textarea", name="text")["maxlength"] == "6000"
    assert "Dear Minister," in page.text
    assert "Yours sincerely," in page.text


def test_the_form_is_in_the_readers_language_or_in_the_one_asked_for(site: Site) -> None:
    assert Page(site.client.get(f"/ur/actions/{SLUG}/write").text).one("textarea", name="text")["dir"] == "rtl"
    assert Page(site.client.get(f"/ur/actions/{SLUG}/write?lang=en").text).one("textarea", name="text")["dir"] == "ltr"
    assert site.client.get(f"{WRITE}?lang=fr").status_code == 404
    assert site.client.get(f"{WRITE}?official=9").status_code == 404


def test_an_address_of_the_form_takes_no_words(site: Site) -> None:
    page = Page(site.client.get(f"{WRITE}?text=Resign&name=Mallory").text)

    assert "Resign" not in page.text
    assert page.one("input", name="name")["value"] == ""


def test_the_preview_shows_the_letter_and_keeps_what_was_typed(site: Site) -> None:
    page = written(site)

    assert "My neighbours' cards ran out." in page.one("article").text
    assert "Ada Lovelace" in page.one("article").text
    assert page.one("textarea", name="text").text == plain(OWN)
    assert page.one("input", name="name")["value"] == "Ada Lovelace"
    assert page.one(id="fit").text == "It fits on one page."


@pytest.mark.parametrize(
    ("told", "day"),
    [
        # It is noon of 22 August 2025 in UTC: the 23rd in Kiribati has begun two hours ago.
        ("2025-08-23", "23 August 2025"),
        ("2025-08-22", "22 August 2025"),
        ("2025-08-24", "22 August 2025"),
        ("2025-08-21", "22 August 2025"),
        ("yesterday", "22 August 2025"),
        ("", "22 August 2025"),
    ],
)
def test_a_letter_carries_the_day_of_its_writer_where_a_browser_told_it(
    site: Site, hour: Hour, told: str, day: str
) -> None:
    hour.now = datetime(2025, 8, 22, 12, tzinfo=UTC)
    page = written(site, day=told)
    assert day in page.one("article").text
    assert page.one("input", name="day")["value"] == told
    letter = site.client.post(f"{HERE}/letter.pdf", data={**ADA, "day": told})
    assert day in plain(by_pdfium(letter.data))


def test_the_preview_tells_how_much_is_still_the_models(site: Site) -> None:
    model = Page(site.client.get(WRITE).text).one("textarea", name="text").text

    assert "almost the sample letter" in written(site, text=model).one(id="kept").text
    assert "This is your own letter." in written(site).one(id="kept").text


def test_a_letter_that_comes_without_words_is_the_model_with_a_name_under_it(site: Site) -> None:
    page = written(site, text="")

    assert "I write about the cards of at least 1.4 million people." in page.one("article").text
    assert "Ada Lovelace" in page.one("article").text


def test_a_long_letter_is_told_how_many_pages_it_takes(site: Site) -> None:
    assert "2 pages" in written(site, text="An official can renew the cards. " * 130).one(id="fit").text


def test_the_mail_link_of_the_preview_carries_the_very_letter_and_the_meter_its_length(site: Site) -> None:
    page = written(site)
    link = next(it for it in page.links if it.startswith("mailto:minister@"))
    body = unquote(urlsplit(link).query.partition("&body=")[2])

    assert body == f"Dear Minister,\r\n\r\n{OWN}\r\n\r\nYours sincerely,\r\nAda Lovelace\r\nLondon"
    assert str(len(link)) in {it["value"] for it in page.all("meter")}


def test_an_urdu_mail_has_an_urdu_subject_on_a_page_in_any_language(site: Site) -> None:
    page = written(site, lang="ur", text="تجدید کریں۔")
    link = next(it for it in page.links if it.startswith("mailto:minister@"))

    assert unquote(urlsplit(link).query).startswith(
        "subject=کارڈز کی تجدید کریں&body=محترم وزیر صاحب،\r\n\r\nتجدید کریں۔"
    )


def test_a_letter_too_long_for_a_link_is_given_to_copy(site: Site) -> None:
    long = "Renew the cards, please. " * 100
    page = written(site, text=long)
    link = next(it for it in page.links if it.startswith("mailto:minister@"))

    assert "&body=" not in link
    assert plain(long) in page.one("pre").text


@pytest.mark.parametrize("kind", ["pdf", "docx", "txt"])
def test_every_file_holds_the_words_of_the_form_and_is_kept_by_no_one(site: Site, kind: str) -> None:
    read: dict[str, Callable[[bytes], str]] = {
        "pdf": by_pdfium,
        "docx": lambda it: plain(" ".join(line.text for line in docx.Document(io.BytesIO(it)).paragraphs)),
        "txt": lambda it: plain(it.decode("utf-8-sig")),
    }
    answer = site.client.post(f"{HERE}/letter.{kind}", data=ADA)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'filename="{SLUG}-letter.{kind}"' in answer.headers["Content-Disposition"]
    assert f"Dear Minister, {plain(OWN)} Yours sincerely, Ada Lovelace London" in read[kind](answer.data)
    assert "Ada" not in read[kind](site.client.get(f"{HERE}/letter.{kind}").data)


def test_letters_to_all_are_one_file_with_a_sheet_for_each(ambassador: Site) -> None:
    answer = ambassador.client.post(f"{HERE}/letter.pdf", data={**ADA, "official": "all"})
    read = by_pdfium(answer.data)

    assert pages(answer.data) == 2
    assert read.count("My neighbours' cards ran out.") == 2
    assert read.index("Sample Minister") < read.index("Sample Ambassador")
    assert pages(ambassador.client.get(f"{HERE}/envelope.pdf?official=all&envelope=c5").data) == 2


def test_who_it_goes_to_is_chosen_where_there_are_several(ambassador: Site) -> None:
    page = Page(ambassador.client.get(WRITE).text)

    assert [it["value"] for it in page.all("option")][:3] == ["1", "2", "all"]
    assert "Sample Ambassador" in written(ambassador, official="2").one("article").text


def test_an_envelope_names_the_sender_only_if_they_ask(site: Site) -> None:
    posted = site.client.post(f"{HERE}/envelope.pdf", data={**ADA, "sender": "12 Sample Lane\r\nLondon"})

    assert by_pdfium(posted.data) == (
        "12 Sample Lane London Sample Minister Minister of Interior 1 Sample Road Islamabad PAKISTAN"
    )
    assert posted.headers["Cache-Control"] == "no-store"
    assert "Sample Lane" not in by_pdfium(site.client.get(f"{HERE}/envelope.pdf?sender=12+Sample+Lane").data)
    assert site.client.get(f"{HERE}/envelope.pdf?envelope=b7").status_code == 422


HOSTILE = ["<script>alert(1)</script><b>x</b>", "((holders)) {{ 7*7 }} %(name)s", "*x* [y](https://evil.example)"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_show_and_print_as_they_were_typed(site: Site, hostile: str) -> None:
    everywhere = dict.fromkeys(("name", "place", "text", "sender"), hostile)
    page = written(site, **everywhere)

    assert page.one("article").text.count(hostile) == 3
    assert [it for it in page.all("script") if "src" not in it.attributes] == []
    assert not any(
        "evil.example" in it for it in page.links if not it.startswith(("mailto:", "https://mail", "https://out"))
    )
    assert hostile in by_pdfium(site.client.post(f"{HERE}/envelope.pdf", data={**ADA, **everywhere}).data)


def test_a_letter_that_is_too_long_comes_back_whole_with_the_fault_beside_it(site: Site) -> None:
    answer = site.client.post(WRITE, data={**ADA, "text": "w" * 6_001})
    page = Page(answer.text)

    assert answer.status_code == 422
    assert page.title.startswith("Error:")
    assert "6,000 characters" in page.one(id="text-fault").text
    assert page.one("textarea", name="text").text == "w" * 6_001
    assert page.one("textarea", name="text")["aria-invalid"] == "true"
    assert not page.all("article")


def test_what_was_written_is_in_no_table_and_in_no_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for path in ("write", "letter.pdf", "letter.docx", "letter.txt", "envelope.pdf"):
        site.client.post(f"{HERE}/{path}", data={**ADA, "sender": "Peshawar"})
    with site.storage.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert not any("Peshawar" in str(value) or "Lovelace" in str(value) for value in row), table.name
    assert "Peshawar" not in caplog.text


def test_a_stopped_action_is_not_written_for(site: Site, changed: Callable[..., None]) -> None:
    changed(status=ActionStatus.STOPPED)
    site.fresh()
    for answer in (
        site.client.get(WRITE),
        site.client.post(WRITE, data=ADA),
        site.client.get(f"{HERE}/letter.docx"),
        site.client.post(f"{HERE}/envelope.pdf", data=ADA),
    ):
        assert answer.status_code == 410
        assert "Dear Minister" not in answer.text


def test_after_the_deadline_the_page_says_so(site: Site, hour: Hour) -> None:
    hour.passes(days=12)

    assert "The deadline has passed." in Page(site.fresh().client.get(WRITE).text).text


def test_with_few_days_left_post_stands_last_and_says_that_it_is_too_late(site: Site, hour: Hour) -> None:
    ways = [it.text for it in Page(site.client.get(HERE).text).all(class_="way")]
    assert ways[0] == "E-mail arrives today"  # ten days are fewer than post to Pakistan takes
    assert ways[-1] == "Post too late now, other ways are faster"
    assert "will probably arrive too late" in Page(site.client.get(HERE).text).text


def test_with_time_left_the_page_says_by_which_day_to_post(site: Site, changed: Callable[..., None]) -> None:
    deadline = clock.local_day(clock.now(), "Asia/Karachi") + timedelta(days=60)
    changed(deadline=deadline)
    page = Page(site.fresh().client.get(HERE).text)
    by = deadline - timedelta(days=15)

    ways = [it.text for it in page.all(class_="way")]
    assert ways[0] == "E-mail arrives today"
    assert ways[-1] == f"Post Post it by {by.day} {by:%B %Y}"


def sends(site: Site, channel: str, **changes: str) -> int:
    stamp = Page(site.client.get(HERE).text).all("input", name="stamp")[0]["value"]
    return site.client.post(f"{HERE}/sent", data={"stamp": stamp, "channel": channel, **changes}).status_code


def counted(site: Site) -> None:
    with site.storage.writing() as session:
        letter_reports.roll_up(session)
    site.fresh()


def test_i_sent_it_shows_in_the_totals_of_the_page(site: Site) -> None:
    assert "Letters that people say they sent" not in Page(site.client.get(HERE).text).text
    assert [sends(site, it) for it in ("post", "post", "x")] == [200, 200, 200]
    counted(site)

    assert "Post2 X1" in Page(site.client.get(HERE).text).one(id="so-far").text


def test_i_sent_it_needs_the_page_and_a_channel_there_is(site: Site, hour: Hour) -> None:
    assert sends(site, "pigeon") == 422
    assert sends(site, "post", stamp="forged") == 422
    hour.passes(hours=25)
    stamp = Page(site.client.get(HERE).text).all("input", name="stamp")[0]["value"]  # the page as it was cached
    hour.passes(hours=25)
    assert site.client.post(f"{HERE}/sent", data={"stamp": stamp, "channel": "post"}).status_code == 422
    assert site.client.get(f"{HERE}/sent").status_code == 405


def test_one_network_reports_so_many_letters_and_no_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_reports, "REPORTING", rate_limits.Limit("report", 2, timedelta(minutes=10)))

    assert [sends(site, "post") for _ in range(3)] == [200, 200, 429]
    counted(site)
    assert "Post2" in Page(site.client.get(HERE).text).one(id="so-far").text

""" "Did they answer?": ticked before sending, asked by a link, answered by a button and by nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from campaign.storage.tables import Case, IncomingMail, Letter, Message
from campaign.vocabulary import LetterAnswer, LetterStatus, MessageKind
from tests.conftest import Site
from tests.web.conftest import Supporter, page_of
from tests.web.public.test_send_letter import agree, drafted, letters, mine
from tests.web.reading import Page


@pytest.fixture
def ada(supporter: Supporter) -> Supporter:
    """Ada has signed and confirmed."""
    supporter.signs()
    supporter.site.client.post(supporter.link())
    return supporter


def sent(ada: Supporter, **ticked: str) -> str:
    """Where the writer of a letter that went is asked."""
    site = ada.site
    agree(site, drafted(site), **ticked)
    with site.storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=ada.hour.now))
    return f"/en/answer/{site.door.links.answering(letters(site)[0].id)}"


def said(site: Site) -> LetterAnswer | None:
    return letters(site)[0].answer


def test_both_ticks_are_off_and_are_kept_when_another_is_missing(ada: Supporter) -> None:
    site, there = ada.site, drafted(ada.site)
    page = Page(site.client.get(there).text)
    for name in ("copy", "ask"):
        assert "checked" not in page.one("input", id=name).attributes
    refused = Page(site.client.post(there, data={"answer": "agree", "ask": "yes"}).text)
    assert "checked" in refused.one("input", id="ask").attributes
    assert "checked" not in refused.one("input", id="copy").attributes


@pytest.mark.parametrize("ticked", [{}, {"copy": "yes"}, {"ask": "yes"}])
def test_only_what_was_ticked_is_owed(ada: Supporter, ticked: dict[str, str]) -> None:
    agree(ada.site, drafted(ada.site), **ticked)
    with ada.site.storage.reading() as session:
        kinds = set(session.scalars(select(Message.kind)))
    assert (MessageKind.LETTER_COPY in kinds) is ("copy" in ticked)
    assert letters(ada.site)[0].ask_answer is ("ask" in ticked)


def test_who_lives_at_risk_is_told_what_a_copy_is(ada: Supporter) -> None:
    sentence = "Everyone who can open your e-mail can read it."
    there = drafted(ada.site)
    assert sentence not in ada.site.client.get(there).text
    with ada.site.storage.writing() as session:
        session.execute(update(Case).values(at_risk_countries=["GB"]))
    assert sentence in ada.site.client.get(there).text


def test_a_program_that_opens_the_link_answers_nothing_and_a_button_does(ada: Supporter) -> None:
    site, there = ada.site, sent(ada, ask="yes")
    for _ in range(3):
        page = Page(site.client.get(there).text)
        site.client.head(there)
    assert said(site) is None
    assert [it["value"] for it in page.all("button", name="answer")] == ["answered", "silent", "unknown"]
    done = Page(site.client.post(there, data={"answer": "silent"}).text)
    assert "We have noted your answer." in done.text
    assert said(site) is LetterAnswer.SILENT
    assert not done.all("textarea")
    for wrong in ({}, {"answer": "yes"}):
        assert site.client.post(there, data=wrong).status_code == 422
    assert said(site) is LetterAnswer.SILENT


def test_the_reply_can_be_handed_in_once_and_an_empty_one_is_refused(ada: Supporter) -> None:
    site, there = ada.site, sent(ada)
    page = Page(site.client.post(there, data={"answer": "answered"}).text)
    assert page.one("textarea", id="words")
    refused = site.client.post(there, data={"words": "  "})
    assert refused.status_code == 422
    assert Page(refused.text).all("p", id="words-fault")
    for _ in range(2):
        answer = site.client.post(there, data={"words": "We <b>looked</b> into it."})
        assert answer.status_code == 200
        assert "We have the text of the reply." in Page(answer.text).text
    with site.storage.reading() as session:
        assert len(session.scalars(select(IncomingMail)).all()) == 1
    data = site.client.post(f"{mine(site)}/data").json
    assert data is not None
    assert (data["letters"][0]["answer"], data["letters"][0]["answer_handed_in"]) == (
        "answered",
        "We <b>looked</b> into it.",
    )


def test_a_discreet_link_leads_to_the_same_page_and_it_names_no_case(ada: Supporter) -> None:
    there = sent(ada)
    for path in (there, there.replace("/answer/", "/m/")):
        page = ada.site.client.get(path)
        assert page.status_code == 200
        assert "Renew the cards" not in page.text
        assert "Sample Minister" in page.text


def test_the_link_opens_nothing_else_and_ends_with_the_signature(ada: Supporter) -> None:
    site, there = ada.site, sent(ada)
    token = there.rsplit("/", 1)[1]
    for other in ("mine", "confirm", "unsubscribe", "network"):
        assert site.client.get(f"/en/{other}/{token}").status_code == 410
    mine_token = mine(site).rsplit("/", 1)[1]
    assert site.client.get(f"/en/answer/{mine_token}").status_code == 410
    assert any(
        page_of(there, it) for it in Page(site.client.get(mine(site)).text).links if it.startswith("/en/answer/")
    )
    site.client.post(f"{mine(site)}/erase", data={"sure": "yes"})
    for answer in (site.client.get(there), site.client.post(there, data={"answer": "silent"})):
        assert answer.status_code == 410


def test_counts_are_shown_from_five_answers_on(ada: Supporter) -> None:
    site, there = ada.site, sent(ada)
    told = "were answered, as their writers told us"
    assert told not in site.client.post(there, data={"answer": "silent"}).text
    with site.storage.writing() as session:
        of = session.scalars(select(Letter)).one()
        for n in range(1, 5):
            session.add(
                Letter(
                    id=of.id + n, action_id=of.action_id, official_id=of.official_id, locale="en",
                    status=LetterStatus.DELIVERED, sent_at=of.sent_at, created_at=of.created_at, due_at=of.due_at,
                    attempts=1, answer=LetterAnswer.ANSWERED if n < 3 else LetterAnswer.SILENT,
                )
            )  # fmt: skip
    page = Page(site.client.get(there).text)
    assert "Of 5 letters that went to this official, 2 were answered, as their writers told us." in page.text

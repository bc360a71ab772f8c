"""Why people sign, on the web: the box, the row on My signature, the page, and what never stands there."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from campaign.cases.lifecycle import opening_and_closing
from campaign.storage.tables import Case, LetterReminder, Message, Signature
from campaign.vocabulary import WordsStatus
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour, Supporter, signatures
from tests.web.reading import Page

HERE = f"/en/actions/{SLUG}"
REASONS = f"{HERE}/reasons"


def confirms(supporter: Supporter, nth: int = 0, locale: str = "en", **changes: str) -> None:
    """Confirm on the page of the link, as it is filled in, with these changes."""
    signature = signatures(supporter.site)[nth]
    link = supporter.link(locale, nth)
    page = Page(supporter.site.client.get(link).text)
    form = {"answer": "yes", "shown": page.hidden("shown"), "sure": page.hidden("sure"), "name": "Ada Lovelace"}
    form |= {"country": signature.country, "disclosure": str(signature.disclosure), "message": "Please."}
    assert supporter.site.client.post(link, data={**form, **changes}).status_code == 200


def approve(site: Site) -> None:
    with site.storage.writing() as session:
        session.execute(update(Signature).values(words_status=WordsStatus.SHOWN))


def test_the_box_is_unticked_and_only_a_tick_lets_everyone_read_the_message(
    site: Site, supporter: Supporter, hour: Hour
) -> None:
    supporter.signs(message="Please.")
    page = Page(site.client.get(supporter.link()).text)
    assert page.one("input", name="reason").get("checked") is None
    assert "first name and your country" in page.text
    confirms(supporter)
    approve(site)
    assert "Why people sign" not in site.fresh().client.get(HERE).text
    supporter.signs(email="bea@example.org", message="Please.")
    confirms(supporter, 1, reason="yes")
    approve(site)
    hour.passes(minutes=1)
    action = Page(site.fresh().client.get(HERE).text)
    assert action.one("a", href=REASONS).text == "Why people sign"
    assert action.one("q").text == "Please."
    shown = Page(site.client.get(REASONS).text)
    assert len(shown.all("blockquote")) == 1
    quoted = shown.one("blockquote")
    assert (quoted["dir"], quoted["translate"], quoted.text) == ("auto", "no", "Please.")
    assert "Ada, United Kingdom" in shown.text
    assert "Lovelace" not in shown.text


def test_words_in_another_language_than_the_page_say_which(site: Site, supporter: Supporter, hour: Hour) -> None:
    supporter.signs("ur", message="کارڈز کی تجدید کریں۔")
    confirms(supporter, locale="ur", message="کارڈز کی تجدید کریں۔", reason="yes")
    approve(site)
    hour.passes(minutes=1)
    assert Page(site.client.get(REASONS).text).one("blockquote")["lang"] == "ur"
    assert Page(site.client.get(f"/ur/actions/{SLUG}/reasons").text).one("blockquote").get("lang") is None


def test_hostile_words_are_broken_escaped_and_keep_their_lines(site: Site, supporter: Supporter, hour: Hour) -> None:
    words = "<script>x</script> \u202eevil\n" + "W" * 175
    supporter.signs(message=words)
    confirms(supporter, message=words, reason="yes")
    approve(site)
    hour.passes(minutes=1)
    html = site.client.get(REASONS).text
    assert "<script>x" not in html
    assert "\u202e" not in html
    assert "evil\nWWWWWWWWWWWWWWWWWWWW<wbr>" in html


def test_who_lives_at_risk_is_not_offered_it_and_nothing_they_send_puts_them_there(
    site: Site, supporter: Supporter, hour: Hour
) -> None:
    supporter.signs(country="PK", disclosure="official", sure="yes", message="Please.")
    assert Page(site.client.get(supporter.link()).text).all("input", name="reason") == []
    confirms(supporter, reason="yes", sure="yes")
    approve(site)
    hour.passes(minutes=1)
    assert "Please." not in site.client.get(REASONS).text


def mine(site: Site) -> str:
    return f"/en/mine/{site.door.links.mine(signatures(site)[0].reference)}"


def test_my_signature_shows_who_can_read_the_message_and_changes_it_by_one_press(
    site: Site, supporter: Supporter, hour: Hour
) -> None:
    supporter.signs(message="Please.")
    confirms(supporter)
    assert "I agree. Show my message to everyone" in site.client.get(mine(site)).text
    there = site.client.post(mine(site), data={"change": "reason", "reason": "yes"})
    assert "Everyone can read your message once an organiser has approved it." in there.text
    assert "Everyone, once an organiser has approved it" in there.text
    approve(site)
    hour.passes(minutes=1)
    assert "Please." in site.fresh().client.get(REASONS).text
    there = site.client.post(mine(site), data={"change": "reason"})
    assert "We no longer show your message to everyone." in there.text
    assert "Please." not in site.fresh().client.get(REASONS).text


@pytest.mark.parametrize("how", ["stopped", "withdrawn", "erased", "listed as dangerous"])
def test_a_message_is_gone_from_every_page_within_seconds(
    site: Site, supporter: Supporter, hour: Hour, how: str
) -> None:
    supporter.signs(message="Renew them all.")
    confirms(supporter, message="Renew them all.", reason="yes")
    approve(site)
    hour.passes(minutes=1)
    assert "Renew them all." in site.fresh().client.get(REASONS).text
    if how == "stopped":
        with site.storage.writing() as session:
            opening_and_closing.stop(session, SLUG, {"en": "She is free."}, hour.now)
    elif how == "withdrawn":
        site.client.post(mine(site), data={"change": "withdraw"})
    elif how == "erased":
        site.client.post(f"{mine(site)}/erase", data={"sure": "yes"})
    else:
        with site.storage.writing() as session:
            session.execute(update(Case).values(at_risk_countries=["GB"]))
    for path in (REASONS, HERE, f"/actions/{SLUG}/count.json"):
        assert "Renew them all." not in site.fresh().client.get(path).text


# Reminders: the press and what it says; when they go is told in tests/appeals/mails/test_reminders.py.


def test_who_began_a_letter_asks_to_be_reminded_by_one_press_and_takes_it_back_by_another(
    site: Site, supporter: Supporter
) -> None:
    supporter.signs()
    confirms(supporter)
    token = site.door.links.mine(signatures(site)[0].reference)
    desk = Page(site.client.post(f"{HERE}/write", data={"name": "Ada", "mine": token}).text)
    assert any("Remind me before the deadline" in it.text for it in desk.all("button"))
    assert "Remind me before the deadline" in site.client.get(f"{mine(site)}/letter").text
    there = site.client.post(mine(site), data={"change": "reminder", "reminder": "yes"})
    assert "We will remind you once by e-mail, on" in there.text
    assert due(site) == 1
    assert "do not remind me" in there.text
    there = site.client.post(mine(site), data={"change": "reminder"})
    assert "We will not remind you." in there.text
    assert due(site) == 0


def test_a_stranger_at_the_letter_is_offered_no_reminder(site: Site) -> None:
    assert "Remind me" not in site.client.get(f"{HERE}/write").text
    assert "Remind me" not in site.client.post(f"{HERE}/write", data={"name": "Ada", "mine": "made-up"}).text


def test_who_says_from_their_own_page_that_they_sent_it_is_not_reminded(
    site: Site, supporter: Supporter, hour: Hour
) -> None:
    supporter.signs()
    confirms(supporter)
    token = site.door.links.mine(signatures(site)[0].reference)
    site.client.post(mine(site), data={"change": "reminder", "reminder": "yes"})
    assert due(site) == 1
    desk = Page(site.client.post(f"{HERE}/write", data={"name": "Ada", "mine": token}).text)
    sent = next(it for it in desk.all("input", name="stamp"))
    site.client.post(f"{HERE}/sent", data={"stamp": sent["value"], "mine": token, "channel": "email"})
    assert due(site) == 0


def test_one_click_in_a_mail_program_stops_updates_and_the_reminder(site: Site, supporter: Supporter) -> None:
    supporter.signs()
    confirms(supporter)
    site.client.post(mine(site), data={"change": "reminder", "reminder": "yes"})
    token = site.door.links.unsubscribing(signatures(site)[0].reference)
    assert site.client.get(f"/en/unsubscribe/{token}").status_code == 200
    assert due(site) == 1  # looking stops nothing
    site.client.post(f"/en/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert due(site) == 0


def due(site: Site) -> int:
    with site.storage.reading() as session:
        assert "letter_reminder" not in set(session.scalars(select(Message.kind)))
        return len(session.scalars(select(LetterReminder.signature_id)).all())

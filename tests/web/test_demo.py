"""The mailbox of the demonstration: readable here, and nowhere in an installation that sends mail."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from campaign import clock
from campaign.jobs.sweeps import Jobs
from campaign.mail.transport import Captured
from campaign.settings import Settings
from tests.conftest import Site
from tests.web.conftest import Supporter
from tests.web.reading import Page


def captured(site: Site, subject: str = "Please confirm", text: str = "Hello", name: str = "00000001-confirm") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = "a@example.org", "ada@example.org", subject, clock.now()
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content(text)
    Captured(site.settings.mailbox).send(mail, name)


def test_from_the_form_over_the_mailbox_to_the_link_that_confirms(site: Site, supporter: Supporter) -> None:
    supporter.signs(name="Ada Lovelace")
    Jobs(site.settings, site.storage).post()
    box = Page(site.client.get("/demo/mailbox").text)
    (there,) = [link for link in box.links if link.startswith("/demo/mailbox/")]
    mail = Page(site.client.get(there).text)
    assert "ada@example.org" in mail.text
    assert "Ada Lovelace" in mail.text
    (link,) = [it for it in mail.links if "/confirm/" in it]
    path = link.removeprefix("http://campaign.test")
    assert path == supporter.link()
    assert Page(site.client.get(path).text).heading == "Confirm your signature"


def test_an_empty_mailbox_says_so_and_the_newest_mail_stands_first(site: Site) -> None:
    assert "No e-mails yet" in Page(site.client.get("/demo/mailbox").text).text
    for n in (1, 2):
        captured(site, f"Mail {n}", name=f"0000000{n}-confirm")
    assert [it.text for it in Page(site.client.get("/demo/mailbox").text).all("h2")] == ["Mail 2", "Mail 1"]


def test_a_hostile_mail_is_shown_as_text(site: Site) -> None:
    captured(site, "<script>alert(1)</script>", "<img src=x onerror=alert(1)> javascript:alert(1)")
    for path in ("/demo/mailbox", "/demo/mailbox/00000001-confirm"):
        page = Page(site.client.get(path).text)
        assert "<script>alert(1)</script>" in page.text
        assert not page.all("script")
        assert not page.all("img")
        assert not [it for it in page.links if it.startswith("javascript")]


@pytest.mark.parametrize("name", ["..%2Fkeys%2Fsecret_key", "..", "a" * 300, "%00", "00000001-confirm.eml", "é", "-"])
def test_only_captured_mail_can_be_read_there(site: Site, name: str) -> None:
    captured(site)
    assert site.client.get(f"/demo/mailbox/{name}").status_code == 404


def test_an_installation_that_sends_mail_has_no_mailbox_and_no_word_of_a_demonstration(on_sqlite: Settings) -> None:
    live = Site(replace(on_sqlite, mode="live", base_url="https://campaign.test", mail_url="smtp://mail.example.org"))
    captured(live)
    assert live.client.get("/demo/mailbox").status_code == 404
    assert live.client.get("/demo/mailbox/00000001-confirm").status_code == 404
    for path in ("/en/", "/ur/privacy", "/en/nowhere"):
        answer = live.client.get(path)
        assert "demonstration" not in answer.text
        assert "mailbox" not in answer.text
        assert not Page(answer.text).all("aside")
    live.storage.dispose()


def test_every_page_of_the_demonstration_says_what_it_is(site: Site) -> None:
    for path in ("/en/", "/en/actions/renew-the-cards", "/en/privacy", "/en/nowhere", "/demo/mailbox"):
        assert "This is a demonstration." in Page(site.client.get(path).text).one("aside", class_="demo").text


def test_a_mail_keeps_its_own_language_on_a_page_in_another(site: Site, supporter: Supporter) -> None:
    supporter.signs(name="Ada Lovelace")
    Jobs(site.settings, site.storage).post()
    for path in ("/demo/mailbox", "/demo/mailbox/00000001-confirm"):
        page = Page(site.client.get(path, headers={"Accept-Language": "ur"}).text)
        assert page.one("html")["lang"] == "ur"
        (subject,) = page.all("bdi", lang="en", dir="ltr")
        assert "Confirm your signature" in subject.text
    assert "Dear Ada" in page.one("div", lang="en", dir="ltr").text

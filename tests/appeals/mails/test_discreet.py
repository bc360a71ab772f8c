"""The discreet mail: who lives where being named is dangerous gets one that tells nothing, head and links included."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.mails import signature_mails
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.mail import outbox
from campaign.storage import Storage
from campaign.storage.tables import Message, Signature
from tests import made
from tests.conftest import SECRET_KEY, Site


@pytest.mark.parametrize(("country", "tells"), [("PK", False), ("GB", True)])
def test_neither_head_nor_words_nor_links_of_a_discreet_mail_tell_what_it_is_about(
    storage: Storage, country: str, tells: bool
) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(country=country), made.NOON)
    with storage.writing() as session:
        (leased,) = outbox.claim(session, made.NOON + timedelta(seconds=1), 1)
        assert session.get(Message, leased.id) is not None
        written = signature_mails.compose(
            session, storage.vault, Links(SECRET_KEY), "https://act.example.org", leased, made.NOON
        )
    assert written is not None
    head = f"{written['From']} {written['Message-ID']} {written['Subject']} {list(written.keys())}"
    text = "".join(part.get_content() for part in written.walk() if not part.is_multipart())
    revealing = re.compile(r"confirm|sign|unsubscribe|Rights Office|Ada|Renew|action|appeal(?!s@)", re.IGNORECASE)
    without_links = re.sub(r"/m/[\w-]+", "/m/", head + text)
    assert bool(revealing.search(without_links)) is tells


def test_its_link_opens_the_page_that_confirms(site: Site) -> None:
    with site.storage.writing() as session:
        sign(session, site.storage.vault, "renew-the-cards", made.wish(country="PK"), made.NOON)
    with site.storage.reading() as session:
        reference = session.scalars(select(Signature.reference)).one()
    links = Links(SECRET_KEY)
    assert site.client.get(f"/en/m/{links.mine(reference)}").status_code == 200
    assert site.client.get("/en/m/garbage").status_code == 410

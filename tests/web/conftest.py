"""A reader with a clock of their own: opens a page, waits, signs, follows the link in the mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign import clock
from campaign.storage.tables import Message, Signature
from tests.conftest import Site
from tests.web.reading import Page

SLUG = "renew-the-cards"

ADA = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "country": "GB",
    "disclosure": "public",
    "message": "",
}


class Hour:
    """What o'clock it is for the product: stands still until a test lets it pass."""

    def __init__(self) -> None:
        # Where the windows of the throttles begin: else what is counted in one would now and then fall into two.
        now = clock.now()
        self.now = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % timedelta(hours=1)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def becomes(self, moment: datetime) -> None:
        self.now = moment


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> Hour:
    """The product's clock, stopped; tokens in forms are stamped by it too."""
    hour = Hour()
    monkeypatch.setattr(clock, "now", lambda: hour.now)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(hour.now.timestamp()))
    return hour


def page_of(link: str, address: str) -> bool:
    """Whether an address is one of the page that a link of a mail opens, and holds nothing of the link's own token."""
    token = address.split("/")[3]
    return address.split("/")[:3] == link.split("/")[:3] and token not in link and len(token) > 60


class Supporter:
    """Someone who signs as people do: reads the page first, fills in its form, sends it a while later."""

    def __init__(self, site: Site, hour: Hour) -> None:
        self.site, self.hour = site, hour

    def opens(self, locale: str = "en", slug: str = SLUG, **changes: str) -> dict[str, str]:
        """The form of the page as it was just served, filled in."""
        page = Page(self.site.fresh().client.get(f"/{locale}/actions/{slug}").text)
        return {"token": page.hidden("token"), "sure": page.hidden("sure"), **ADA, **changes}

    def sends(
        self, form: dict[str, str], locale: str = "en", slug: str = SLUG, client: FlaskClient | None = None
    ) -> TestResponse:
        return (client or self.site.client).post(f"/{locale}/actions/{slug}/sign", data=form)

    def signs(self, locale: str = "en", slug: str = SLUG, **changes: str) -> TestResponse:
        form = self.opens(locale, slug, **changes)
        self.hour.passes(seconds=20)
        return self.sends(form, locale, slug)

    def link(self, locale: str = "en", nth: int = 0) -> str:
        """The path of the link that the mail to the nth signature holds."""
        return f"/{locale}/confirm/{self.site.door.links.confirmation(signatures(self.site)[nth].reference)}"


@pytest.fixture
def supporter(site: Site, hour: Hour) -> Supporter:
    return Supporter(site, hour)


def signatures(site: Site) -> list[Signature]:
    with site.storage.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.id)))


def messages(site: Site) -> list[Message]:
    with site.storage.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def name_of(site: Site, signature: Signature) -> str | None:
    """The name under a signature; None once it was taken away."""
    return (
        site.storage.vault.decrypt(signature.name, "signatures.name", signature.reference) if signature.name else None
    )


@pytest.fixture
def changed(site: Site) -> Callable[..., None]:
    """Change columns of the action behind the product's back."""
    from campaign.storage.tables import Action

    def change(slug: str = SLUG, **values: object) -> None:
        with site.storage.writing() as session:
            action = session.scalars(select(Action).where(Action.slug == slug)).one()
            for name, value in values.items():
                setattr(action, name, value)

    return change

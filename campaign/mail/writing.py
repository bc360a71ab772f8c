"""From a template and plain values to a message: a subject, a plain text, and the same as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign import language
from campaign.settings import ROOT
from campaign.vocabulary import MessageKind


def write(
    kind: MessageKind,
    locale: str,
    sender: tuple[str, str],
    to: str,
    message_id: str,
    now: datetime,
    values: Mapping[str, object],
) -> EmailMessage:
    """Write one message in the reader's language.

    `sender` is (name, address). `message_id` is the same for every attempt: a server that took the message just
    before a worker died can see that the second is the first.
    """
    templates = _templates(locale)
    context = {**values, "locale": locale, "dir": language.direction(locale)}
    message = EmailMessage()
    subject = templates.get_template(f"{kind}.subject.txt").render(context)
    message["Subject"] = " ".join(subject.split())  # one line, whatever a title holds: no header is injected
    message["From"] = Address(display_name=sender[0], addr_spec=sender[1])
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Content-Language"] = locale
    # Out-of-office replies to such mail would tell a shared mailbox what its owner signed.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(templates.get_template(f"{kind}.txt").render(context), cte="quoted-printable")
    message.add_alternative(
        templates.get_template(f"{kind}.html").render(context), subtype="html", cte="quoted-printable"
    )
    return message


@cache
def _templates(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = language.translations(locale)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    environment.filters["day"] = lambda value: language.day(value, locale)
    return environment

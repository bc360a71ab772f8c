"""From a template and plain values to a message: a subject, a plain text, and the same as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime
from functools import cache

from email_validator import validate_email
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign import fence, language
from campaign.errors import Permanent
from campaign.mail.outgoing import more_than_a_mailbox
from campaign.sentences import in_language
from campaign.settings import ROOT


def write(
    template: str,
    locale: str,
    sender: tuple[str, str],
    to: str,
    message_id: str,
    now: datetime,
    values: Mapping[str, object],
    unsubscribe: str | None = None,
) -> EmailMessage:
    """Write one message in the reader's language.

    `template` names the files under `templates/mail/`: the kind of the message, or one that serves several kinds.
    `unsubscribe` is an address that takes RFC 8058's one click, for mail that someone asked for and may be tired of.
    `sender` is (name, address). `message_id` is the same for every attempt: a server that took the message just
    before a worker died can see that the second is the first.
    """
    templates = _templates(locale)
    context = {**values, "locale": locale, "dir": language.direction(locale)}
    message = EmailMessage()
    subject = templates.get_template(f"{template}.subject.txt").render(context)
    message["Subject"] = one_line(subject)
    message["From"] = mailbox(sender[1], sender[0])
    message["To"] = mailbox(to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    # Out-of-office replies to such mail would tell a shared mailbox what its owner signed.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if unsubscribe is not None:
        message["List-Unsubscribe"] = Whole("List-Unsubscribe", f"<{unsubscribe}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(templates.get_template(f"{template}.txt").render(context), cte="quoted-printable")
    message.add_alternative(
        templates.get_template(f"{template}.html").render(context), subtype="html", cte="quoted-printable"
    )
    message["Content-Language"] = locale  # last: setting the content takes away every header about content
    return message


def mailbox(address: str, name: str = "") -> Address:
    """An address as mail servers take it: its domain in ASCII, since few servers know domains in other scripts.

    What stands before the @ stays as it is; where that is not ASCII, the server must offer SMTPUTF8. Raises
    `Permanent` for what some program might read as more than one mailbox.
    """
    if more_than_a_mailbox(address):
        raise Permanent("the address is more than a mailbox")
    parts = validate_email(address, check_deliverability=False, globally_deliverable=False)
    return Address(one_line(name), username=parts.local_part, domain=parts.ascii_domain or parts.domain)


def one_line(text: str) -> str:
    """Text for a header, whatever a title or a name holds: one line, so that none of it becomes a header itself."""
    # "=?" begins an encoded word, and the library would decode it: also into line breaks.
    return " ".join(text.replace("=?", "= ?").split())


class Whole(str):
    """A header's value that is written on one line as it stands.

    The library would fold a long address as encoded words, which no mail program reads as an address.
    """

    name: str

    def __new__(cls, name: str, value: str) -> Whole:
        """`value` is ASCII and has no line break: the caller made it."""
        whole = super().__new__(cls, value)
        whole.name = name
        return whole

    def fold(self, *, policy: Policy[EmailMessage]) -> str:
        """What the library asks of a header of its own."""
        return f"{self.name}: {self}{policy.linesep}"


@cache
def _templates(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: in_language(value, locale),
    )
    catalogue = language.translations(locale)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    environment.filters["breakable"] = fence.breakable
    environment.filters["number"] = lambda value: language.number(value, locale)
    environment.filters["moment"] = lambda value: language.moment(value, locale)
    environment.filters["day"] = lambda value: language.day(value, locale)
    return environment

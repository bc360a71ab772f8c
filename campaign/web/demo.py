"""The demonstration's mailbox: what would have been sent, readable on this machine. Not there in live mode."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from flask import Blueprint

from campaign.errors import Unknown
from campaign.language import ORIGINAL
from campaign.web.app_state import door
from campaign.web.rendering import page

blueprint = Blueprint("demo", __name__)
SHOWN = 200


@dataclass(frozen=True)
class CapturedMail:
    """One captured message. `name` is its file without the ending, `locale` the language it is written in."""

    name: str
    to: str
    subject: str
    locale: str
    sent_at: datetime
    text: str


@blueprint.get("/demo/mailbox")
def mailbox() -> str:
    """All captured mail, the newest first."""
    files = sorted(door().settings.mailbox.glob("*.eml"), key=lambda it: it.name, reverse=True)[:SHOWN]
    return page("demo/mailbox.html", mails=[_read(it) for it in files])


@blueprint.get("/demo/mailbox/<name>")
def mail(name: str) -> str:
    """One captured message, as plain text whose links can be followed."""
    path = door().settings.mailbox / f"{name}.eml"
    if not re.fullmatch(r"[0-9a-z_-]{1,80}", name) or not path.is_file():
        raise Unknown("There is no such e-mail in the demo inbox.")
    return page("demo/mail.html", mail=_read(path))


def _read(path: Path) -> CapturedMail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    body = message.get_body(preferencelist=("plain",))
    return CapturedMail(
        name=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        locale=str(message["Content-Language"] or ORIGINAL),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=body.get_content() if body else "",
    )

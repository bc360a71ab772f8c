"""Names: which may be given, how a mail says them, and those that their owners let everyone see."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign import clock, fence
from campaign.errors import Refused
from campaign.printing.engine.text import one_line
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_NAME
from campaign.storage.exactly import SHOWN as SHOWN_WITH_NAME
from campaign.storage.tables import Organisation, Signature

SHOWN = 12

# What reads as the address of a page or a mailbox: a scheme, "www.", an @, a path behind a dot, or one of the endings
# that are sold to everyone. "J. R. R. Tolkien", "O.Henry" and "Md.Rahman" are names, and so are "A.de Vries" and
# "T.Ly": an initial is an initial.
_ADDRESS = re.compile(
    r"://|\bwww\.|\S@\S|\w\.\w{2,}/\S"
    r"|\w\w\.(?:com|net|org|info|biz|app|dev|xyz|top|site|online|shop|store|club|link|click|live|page|space|website|icu"
    r"|vip|win|bid|work|news|blog|tech|pro|mobi|io|co|me|ly|to|gg|cc|ws|su|tk|ml|ga|cf|gq|pw|ru|cn|us|uk|eu|de|fr|pk|ir)\b",
    re.IGNORECASE,
)
# Dots as name servers know them; what stands on both sides is then no longer one word.
_DOT = re.compile("([.\u3002\uff0e\uff61@:])(?=[^\\s.])")
_WORD_JOINER = "\u2060"


def checked(name: str) -> str:
    """The name, without what shows nothing, if it holds no address.

    Raises `Refused`: a confirmation that we mail must carry nobody's link.
    """
    name = fence.one_line(name)
    if _ADDRESS.search(unicodedata.normalize("NFKC", one_line(name)).replace("\u3002", ".")):
        raise Refused("This looks like a web address. Enter only your name, with a space after each dot.")
    return name


def in_mail(name: str) -> str:
    """The name as a mail says it, also one that was taken in before it would be refused today.

    Marks of direction would turn the greeting around; what looks like an address, mail programs make a link of. A sign
    of no width behind each dot tells them otherwise, and shows to nobody.
    """
    return _DOT.sub(rf"\1{_WORD_JOINER}", fence.one_line(one_line(name)))


def latest(
    session: Session, vault: Vault, action_id: int, most: int = SHOWN, now: datetime | None = None
) -> tuple[str, ...]:
    """The latest public names of one action, newest first: after the moment that each waits, and once an organiser
    has read those that wait to be read."""
    minutes = session.scalars(select(Organisation.name_hold_minutes)).one_or_none() or 0
    shown_from = (now or clock.now()) - timedelta(minutes=minutes)
    found = session.execute(
        select(Signature.name, Signature.reference)
        .where(
            Signature.action_id == action_id,
            *SHOWN_WITH_NAME,
            Signature.name_hidden.is_(False),
            Signature.name_held.is_(False),
            func.coalesce(Signature.name_given_at, Signature.confirmed_at) <= shown_from,
        )
        .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
        .limit(most)
    ).all()
    return tuple(
        fence.one_line(vault.decrypt(name, SIGNATURE_NAME, reference)) for name, reference in found if name is not None
    )

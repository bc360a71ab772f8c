"""What the audit trail keeps of a change, as people write it: what a field is called, and its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from campaign.sentences import Sentence, joined

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)+")

# What is kept under a name that no one speaks; one that is not here is said as it is kept, with spaces.
CALLED: dict[str, Sentence] = {
    "action": Sentence("action"),
    "address": Sentence("address"),
    "after_deadline": Sentence("after deadline"),
    "as_of": Sentence("date"),
    "ask": Sentence("what to write"),
    "at_risk_countries": Sentence("at risk countries"),
    "background": Sentence("background"),
    "body": Sentence("body"),
    "caption": Sentence("caption"),
    "channel": Sentence("channel"),
    "channels": Sentence("channels"),
    "close": Sentence("close"),
    "code": Sentence("code"),
    "consent": Sentence("consent"),
    "contact_email": Sentence("contact email"),
    "count": Sentence("count"),
    "country": Sentence("country"),
    "deadline": Sentence("deadline"),
    "demands": Sentence("demands"),
    "digest_hour": Sentence("digest hour"),
    "due": Sentence("due"),
    "email": Sentence("e-mail"),
    "email_bounced_at": Sentence("email bounced at"),
    "goal": Sentence("goal"),
    "goal_moves": Sentence("goal moves"),
    "household_seats": Sentence("household seats"),
    "index_reference": Sentence("index reference"),
    "issued_on": Sentence("issued on"),
    "key": Sentence("key"),
    "kind": Sentence("kind"),
    "label": Sentence("label"),
    "languages": Sentence("languages"),
    "least_country": Sentence("least country"),
    "leave_url": Sentence("leave url"),
    "letters": Sentence("letters"),
    "letters_daily": Sentence("letters daily"),
    "letters_hourly": Sentence("letters hourly"),
    "line": Sentence("line"),
    "logo": Sentence("logo"),
    "mail": Sentence("mail"),
    "mails": Sentence("mails"),
    "members": Sentence("actions"),
    "name": Sentence("name"),
    "name_hold_minutes": Sentence("name hold minutes"),
    "names": Sentence("names"),
    "names_read_first": Sentence("names read first"),
    "naming": Sentence("naming"),
    "next_step": Sentence("next step"),
    "note": Sentence("note"),
    "number": Sentence("number"),
    "office": Sentence("office"),
    "office_closes": Sentence("office closes"),
    "office_opens": Sentence("office opens"),
    "officials": Sentence("officials"),
    "on": Sentence("on"),
    "opens_at": Sentence("opening time"),
    "send_at": Sentence("time of sending"),
    "owner": Sentence("owner"),
    "part": Sentence("part"),
    "phone": Sentence("phone"),
    "place": Sentence("place"),
    "post": Sentence("post"),
    "postal_address": Sentence("postal address"),
    "posting_days": Sentence("posting days"),
    "previous_index": Sentence("previous index"),
    "previous_url": Sentence("previous url"),
    "pronoun": Sentence("pronoun"),
    "published_about": Sentence("published about"),
    "published_on": Sentence("published on"),
    "publisher": Sentence("publisher"),
    "qualifier": Sentence("qualifier"),
    "quoted": Sentence("quoted"),
    "reason": Sentence("reason"),
    "recipients": Sentence("recipients"),
    "retention_days": Sentence("retention days"),
    "review_required": Sentence("review required"),
    "risk": Sentence("risk"),
    "role": Sentence("role"),
    "salutation": Sentence("salutation"),
    "same person": Sentence("same person"),
    "seats": Sentence("seats"),
    "sender_email": Sentence("sender email"),
    "sha256": Sentence("fingerprint"),
    "sheet": Sentence("sheet"),
    "shield": Sentence("shield"),
    "shown": Sentence("shown"),
    "signatures": Sentence("signatures"),
    "slug": Sentence("address"),
    "source_id": Sentence("source id"),
    "stale_days": Sentence("stale days"),
    "status": Sentence("status"),
    "subject": Sentence("subject"),
    "summary": Sentence("summary"),
    "tag": Sentence("tag"),
    "tags": Sentence("tags"),
    "text": Sentence("text"),
    "texts": Sentence("texts"),
    "themes": Sentence("themes"),
    "time_zone": Sentence("time zone"),
    "title": Sentence("title"),
    "until": Sentence("until"),
    "url": Sentence("url"),
    "value": Sentence("value"),
    "volume_days": Sentence("volume days"),
    "warnings": Sentence("warnings"),
    "who": Sentence("who"),
    "why": Sentence("why"),
}

# States and kinds, as they are kept.
STATES: dict[str, Sentence] = {
    "admin": Sentence("admin"),
    "archived": Sentence("archived"),
    "closed": Sentence("closed"),
    "delivered": Sentence("delivered"),
    "dispatched": Sentence("dispatched"),
    "draft": Sentence("draft"),
    "editor": Sentence("editor"),
    "failed": Sentence("failed"),
    "in_review": Sentence("in review"),
    "mixed": Sentence("mixed"),
    "negative": Sentence("negative"),
    "open": Sentence("open"),
    "planned": Sentence("planned"),
    "positive": Sentence("positive"),
    "refused": Sentence("refused"),
    "returned": Sentence("returned"),
    "reviewer": Sentence("reviewer"),
    "stopped": Sentence("stopped"),
    "unclear": Sentence("unclear"),
    "viewer": Sentence("viewer"),
}
_STATE_OF = frozenset({"kind", "role", "status"})


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Sentence]:
    """Each field that differs: from what to what."""
    for name in sorted({*before, *after}):
        was, becomes = _said(name, before.get(name)), _said(name, after.get(name))
        if name in before and name in after:
            if before[name] != after[name]:
                yield Sentence("%(name)s from %(was)s to %(becomes)s", name=called(name), was=was, becomes=becomes)
        elif name in after:
            yield Sentence("%(name)s: %(value)s", name=called(name), value=becomes)
        else:
            yield Sentence("%(name)s was: %(value)s", name=called(name), value=was)


def called(name: str) -> str:
    """What a field is called."""
    return CALLED.get(name) or name.replace("_", " ")


def value(it: Any) -> str:
    """A kept value as people write it: days, numbers, lists, texts in several languages."""
    if it is None or (isinstance(it, str | list | dict) and not it):
        return Sentence("nothing")
    if isinstance(it, dict):
        parts = (Sentence("%(name)s: %(value)s", name=called(str(name)), value=value(one)) for name, one in it.items())
        return joined(parts, by="; ")
    if isinstance(it, list):
        return joined((value(part) for part in it), by=", ")
    if isinstance(it, bool):
        return Sentence("yes") if it else Sentence("no")
    return joined([it]) if isinstance(it, int) else _text(str(it))


def _said(name: str, it: Any) -> str:
    return STATES[it] if name in _STATE_OF and isinstance(it, str) and it in STATES else value(it)


def _text(it: str) -> str:
    try:
        if _DAY.fullmatch(it):
            return joined([date.fromisoformat(it)])
        if _MOMENT.match(it):
            return Sentence("%(moment)s UTC", moment=datetime.fromisoformat(it))
    except ValueError:
        return it  # only looks like one
    return it.replace("_", " ") if _WORD.fullmatch(it) else it

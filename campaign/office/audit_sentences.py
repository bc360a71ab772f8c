"""The audit trail as sentences: who did what, from what to what, and why. Rules of values.

Each kind of event has its sentence here, and a test refuses one that has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaign import language
from campaign.language import ORIGINAL
from campaign.office.audit import COMMAND_LINE, SCHEDULE
from campaign.storage.tables import AuditEvent

# What somebody did, by the kind of event; a kind may end in "(which)". `{action}`, `{case}` and `{it}` become names;
# where a phrase names no action or case, it is said at the end.
DID: dict[str, str] = {
    "action opened": "opened {action}",
    "action closed": "closed {action}",
    "action stopped": "stopped {action}",
    "action extended": "changed the deadline of {action}",
    "action archived": "archived {action}",
    "action approved": "approved {action}",
    "action sent back": "sent {action} back to its writers",
    "action submitted for review": "submitted {action} for review",
    "action created": "created {action}",
    "answer of an official recorded": "recorded an e-mail as the reply of {it}",
    "approval withdrawn": "withdrew the approval of {action} by a change",
    "audit trail exported": "took a copy of the audit trail away",
    "bulletin imported": "created {action} from a bulletin",
    "bulletin line marked as done": "marked a line of the bulletin as done",
    "calendar link created": "made a private calendar link",
    "calendar link revoked": "revoked the private calendar link",
    "case added": "created {case}",
    "case changed": "changed {case}",
    "change proposed": "proposed a change",
    "comment added": "commented",
    "comment resolved": "resolved a comment",
    "contact bounced": "noted that e-mail to {it} bounced",
    "contact confirmed": "noted that the contact of {it} was confirmed",
    "contact returned": "noted that post to {it} was returned",
    "decision about messages undone": "undid a decision about supporters' messages",
    "delivery planned": "planned a delivery",
    "delivery delivered": "recorded that a delivery arrived",
    "delivery failed": "recorded that a delivery was lost or failed",
    "delivery refused": "recorded that a delivery was refused",
    "delivery returned": "recorded that a delivery came back",
    "delivery sent": "recorded a delivery as sent",
    "details changed": "changed the details",
    "digest switched off": "switched off the daily digest",
    "digest switched on": "switched on the daily digest",
    "do-no-harm statement signed": "signed the do-no-harm statement",
    "draft discarded": "discarded the draft of {action}",
    "draft restored": "restored the draft of {action}",
    "event added": "added an event to the timeline",
    "event changed": "changed an event of the timeline",
    "event removed": "removed an event from the timeline",
    "figure added": "added a figure",
    "figure chosen": "chose the figure that texts use",
    "figure corrected": "corrected a figure",
    "figure removed": "removed a figure",
    "further information drafted": "began further information",
    "incoming mail marked as done": "marked an incoming e-mail as done",
    "letter changed": "changed the sample letter",
    "letter removed": "removed the sample letter",
    "letters posted": "recorded that printed letters were posted",
    "letters printed for the post": "printed letters to post",
    "link to the volumes created": "made a link to the volumes of a signature book",
    "logo changed": "changed the logo",
    "message hidden": "hid a supporter's message",
    "message shown": "approved a supporter's message",
    "message waiting": "put a supporter's message back among those that wait",
    "messages approved": "approved supporters' messages",
    "messages hidden": "hid supporters' messages",
    "messages rejected": "rejected supporters' messages",
    "name approved": "approved a supporter's name",
    "name hidden": "hid a supporter's name",
    "name on paper decided": "decided whether a name on paper stands in the online list",
    "name shown again": "showed a supporter's name again",
    "official added": "added {it}",
    "official approved for letters": "approved {it} for letters",
    "official changed": "changed {it}",
    "official imported": "imported {it} from a file",
    "official's approval withdrawn": "withdrew the approval of {it} for letters",
    "officials merged": "merged a duplicate into {it}",
    "opening scheduled": "scheduled the opening of {action}",
    "organiser access removed": "removed the access of {it}",
    "organiser access restored": "restored the access of {it}",
    "organiser added": "added {it}",
    "organiser's role changed": "changed the role of {it}",
    "outcome added": "wrote the outcome of {action}",
    "paper sheet corrected": "corrected a signature sheet",
    "paper sheet deleted": "deleted a signature sheet",
    "paper sheet entered": "entered a signature sheet",
    "passkey added": "added a passkey",
    "passkey removed": "removed a passkey",
    "password chosen": "chose a new password",
    "picture changed": "changed the picture",
    "picture removed": "removed the picture",
    "printing cancelled": "cancelled the printing of a signature book",
    "printing restarted": "restarted the printing of a signature book",
    "proposal published": "published a proposed change",
    "proposal rejected": "rejected a proposed change",
    "protection changed": "changed the protection against false signatures",
    "recipient added": "added an official to ask",
    "recipient removed": "removed an official from those asked",
    "recipient succeeded": "replaced an official by the successor",
    "recipient's role changed": "changed whether an official is asked or gets a copy",
    "recipients reordered": "changed the order of the officials",
    "removal cancelled": "stopped a removal of signatures",
    "removal continued": "continued a removal of signatures",
    "removal done": "finished a removal of signatures",
    "removal started": "started to remove signatures",
    "removal undo started": "started to bring removed signatures back",
    "removal undone": "finished bringing removed signatures back",
    "reply answered": "recorded that a reply was answered",
    "reply recorded": "recorded a reply",
    "reviewers reminded": "reminded the reviewers",
    "scheduled opening cancelled": "cancelled the scheduled opening of {action}",
    "scheduled opening failed": "could not open {action} at the scheduled time",
    "second factor reset": "reset the second factor of {it}",
    "sending of letters held": "held all letters back",
    "sending of letters resumed": "let letters go again",
    "session ended": "ended a sign-in",
    "settings changed": "changed the settings",
    "signature book created": "created a signature book",
    "signature sheets printed": "printed signature sheets",
    "signatures exported": "exported signatures",
    "source added": "added a source",
    "source changed": "changed a source",
    "source removed": "removed a source",
    "subject added": "added somebody at risk",
    "subject changed": "changed somebody at risk",
    "subject removed": "removed somebody at risk",
    "test update sent": "sent a test of an update",
    "text changed": "changed the text",
    "text removed": "removed the text",
    "time zone chosen": "chose the time zone of {it}",
    "update cancelled": "cancelled an update",
    "update created": "created an update",
    "update queued": "sent an update to supporters",
    "update written": "wrote an update",
    "urgent correction published": "published an urgent correction",
}  # fmt: skip

_WHICH = re.compile(r"(?P<kind>[^(]+) \((?P<which>.*)\)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)+")
_CALLED = {"opens_at": "opening time", "slug": "address", "as_of": "date", "sha256": "fingerprint"}


@dataclass(frozen=True)
class Told:
    """One event: its sentence, each change as words, the reason."""

    sentence: str
    changes: tuple[str, ...]
    reason: str | None

    @property
    def whole(self) -> str:
        """ "Noor changed the deadline of the action “…”: deadline from 3 May 2026 to 9 May 2026. Reason: …"."""
        changes = f": {'; '.join(self.changes)}" if self.changes else ""
        reason = f" Reason: {self.reason}" if self.reason else ""
        return f"{self.sentence}{changes}.{reason}"


def known(what: str) -> bool:
    """Whether a kind of event has its sentence."""
    return _apart(what)[0] in DID


def told(event: AuditEvent, names: Mapping[tuple[str, int], str]) -> Told:
    """An event in words. `names` says what actions, cases, officials and organisers are called."""
    kind, which = _apart(event.what)
    who = {COMMAND_LINE.name: "The command line", SCHEDULE.name: "The schedule"}.get(event.who, event.who)
    phrase = DID.get(kind, kind) + (f" ({which})" if which else "")
    sentence = f"{who} {_filled(phrase, event, names)}"
    before, after = (json.loads(it) if it else {} for it in (event.before, event.after))
    return Told(sentence, tuple(_changes(before, after)), event.reason)


def value(it: Any) -> str:
    """A kept value as people write it: days, numbers, lists, texts in several languages."""
    if it is None or (isinstance(it, str | list | dict) and not it):
        return "nothing"
    if isinstance(it, dict):
        return "; ".join(f"{_called(str(name))}: {value(part)}" for name, part in it.items())
    if isinstance(it, list):
        return ", ".join(value(part) for part in it)
    if isinstance(it, bool):
        return "yes" if it else "no"
    return language.number(it, ORIGINAL) if isinstance(it, int) else _text(str(it))


def _text(it: str) -> str:
    try:
        if _DAY.fullmatch(it):
            return language.day(date.fromisoformat(it), ORIGINAL)
        if _MOMENT.match(it):
            return f"{language.moment(datetime.fromisoformat(it), ORIGINAL)} UTC"
    except ValueError:
        return it  # only looks like one
    return it.replace("_", " ") if _WORD.fullmatch(it) else it


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        was, becomes = before.get(name), after.get(name)
        if name in before and name in after:
            if was != becomes:
                yield f"{_called(name)} from {value(was)} to {value(becomes)}"
        elif name in after:
            yield f"{_called(name)}: {value(becomes)}"
        else:
            yield f"{_called(name)} was: {value(was)}"


def _called(name: str) -> str:
    return _CALLED.get(name, name.replace("_", " "))


def _apart(what: str) -> tuple[str, str]:
    found = _WHICH.fullmatch(what)
    return (found["kind"], found["which"]) if found and found["kind"] in DID else (what, "")


def _filled(phrase: str, event: AuditEvent, names: Mapping[tuple[str, int], str]) -> str:
    action = _named("action", event.action_id, names)
    case = _named("case", event.case_id, names)
    said = phrase.replace("{action}", action or "an action").replace("{case}", case or "a case")
    said = said.replace("{it}", _named(event.object_kind, event.object_id, names) or f"an {event.object_kind}")
    if action and "{action}" not in phrase:
        return f"{said} in {action}"
    return f"{said} in {case}" if case and not action and "{case}" not in phrase else said


def _named(kind: str, number: int | None, names: Mapping[tuple[str, int], str]) -> str:
    if number is None:
        return ""
    name = names.get((kind, number))
    return f"the {kind} “{name}”" if name else f"the {kind} no. {number}"

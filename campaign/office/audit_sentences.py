"""The audit trail as sentences: who did what, from what to what, and why. Rules of values.

Each kind of event has its sentence here, and a test refuses one that has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from campaign.office.audit import COMMAND_LINE, MEMBERS, SCHEDULE, SEVERAL, SEVERAL_CASES
from campaign.office.audit_values import changes_between, value
from campaign.sentences import Sentence, joined
from campaign.storage.tables import AuditEvent

__all__ = ["DID", "OBJECTS", "WHO", "Told", "known", "told", "value"]

# What somebody did, by the kind of event; a kind may end in "(which)". `action`, `case` and `it` become names; where a
# sentence names no action or case, it is said at its end.
DID: dict[str, Sentence] = {
    "action opened": Sentence("%(who)s opened %(action)s"),
    "action closed": Sentence("%(who)s closed %(action)s"),
    "action stopped": Sentence("%(who)s stopped %(action)s"),
    "action extended": Sentence("%(who)s changed the deadline of %(action)s"),
    "action archived": Sentence("%(who)s archived %(action)s"),
    "action approved": Sentence("%(who)s approved %(action)s"),
    "action sent back": Sentence("%(who)s sent %(action)s back to its writers"),
    "action submitted for review": Sentence("%(who)s submitted %(action)s for review"),
    "action created": Sentence("%(who)s created %(action)s"),
    "answer of an official recorded": Sentence("%(who)s recorded an e-mail as the reply of %(it)s"),
    "approval withdrawn": Sentence("%(who)s withdrew the approval of %(action)s by a change"),
    "audit trail exported": Sentence("%(who)s took a copy of the audit trail away"),
    "bulletin imported": Sentence("%(who)s created %(action)s from a bulletin"),
    "bulletin line marked as done": Sentence("%(who)s marked a line of the bulletin as done"),
    "calendar link created": Sentence("%(who)s made a private calendar link"),
    "calendar link revoked": Sentence("%(who)s revoked the private calendar link"),
    "case added": Sentence("%(who)s created %(case)s"),
    "case changed": Sentence("%(who)s changed %(case)s"),
    "case made sensitive": Sentence("%(who)s made %(case)s sensitive"),
    "case opened to every organiser": Sentence("%(who)s opened %(case)s to every organiser again"),
    "change proposed": Sentence("%(who)s proposed a change"),
    "comment added": Sentence("%(who)s commented"),
    "comment resolved": Sentence("%(who)s resolved a comment"),
    "copy added": Sentence("%(who)s added a copy of a source"),
    "copy removed": Sentence("%(who)s removed a copy of a source"),
    "copy taken away": Sentence("%(who)s took a copy of a source away"),
    "contact bounced": Sentence("%(who)s noted that e-mail to %(it)s bounced"),
    "contact confirmed": Sentence("%(who)s noted that the contact of %(it)s was confirmed"),
    "contact returned": Sentence("%(who)s noted that post to %(it)s was returned"),
    "decision about messages undone": Sentence("%(who)s undid a decision about supporters' messages"),
    "delivery planned": Sentence("%(who)s planned a delivery"),
    "delivery delivered": Sentence("%(who)s recorded that a delivery arrived"),
    "delivery failed": Sentence("%(who)s recorded that a delivery was lost or failed"),
    "delivery refused": Sentence("%(who)s recorded that a delivery was refused"),
    "delivery returned": Sentence("%(who)s recorded that a delivery came back"),
    "delivery sent": Sentence("%(who)s recorded a delivery as sent"),
    "details changed": Sentence("%(who)s changed the details"),
    "digest switched off": Sentence("%(who)s switched off the daily digest"),
    "digest switched on": Sentence("%(who)s switched on the daily digest"),
    "do-no-harm statement signed": Sentence("%(who)s signed the do-no-harm statement"),
    "draft discarded": Sentence("%(who)s discarded the draft of %(action)s"),
    "draft restored": Sentence("%(who)s restored the draft of %(action)s"),
    "event added": Sentence("%(who)s added an event to the timeline"),
    "event changed": Sentence("%(who)s changed an event of the timeline"),
    "event removed": Sentence("%(who)s removed an event from the timeline"),
    "figures added": Sentence("%(who)s added several figures"),
    "figure added": Sentence("%(who)s added a figure"),
    "figure chosen": Sentence("%(who)s chose the figure that texts use"),
    "figure corrected": Sentence("%(who)s corrected a figure"),
    "figure removed": Sentence("%(who)s removed a figure"),
    "e-mails chosen": Sentence("%(who)s chose which e-mails they get"),
    "further information drafted": Sentence("%(who)s began further information"),
    "incoming mail marked as done": Sentence("%(who)s marked an incoming e-mail as done"),
    "language chosen": Sentence("%(who)s chose the language of their pages"),
    "layout extended": Sentence("%(who)s extended a layout of bulletins"),
    "layout removed": Sentence("%(who)s removed a layout of bulletins"),
    "layout renamed": Sentence("%(who)s renamed a layout of bulletins"),
    "layout saved": Sentence("%(who)s saved a layout of bulletins"),
    "letter changed": Sentence("%(who)s changed the sample letter"),
    "letter removed": Sentence("%(who)s removed the sample letter"),
    "letters posted": Sentence("%(who)s recorded that printed letters were posted"),
    "letters printed for the post": Sentence("%(who)s printed letters to post"),
    "link to the volumes created": Sentence("%(who)s made a link to the volumes of a signature book"),
    "logo changed": Sentence("%(who)s changed the logo"),
    "message hidden": Sentence("%(who)s hid a supporter's message"),
    "message shown": Sentence("%(who)s approved a supporter's message"),
    "message waiting": Sentence("%(who)s put a supporter's message back among those that wait"),
    "messages approved": Sentence("%(who)s approved supporters' messages"),
    "messages hidden": Sentence("%(who)s hid supporters' messages"),
    "messages rejected": Sentence("%(who)s rejected supporters' messages"),
    "name approved": Sentence("%(who)s approved a supporter's name"),
    "name hidden": Sentence("%(who)s hid a supporter's name"),
    "name on paper decided": Sentence("%(who)s decided whether a name on paper stands in the online list"),
    "name shown again": Sentence("%(who)s showed a supporter's name again"),
    "note added": Sentence("%(who)s wrote a note"),
    "note removed": Sentence("%(who)s removed a note"),
    "official added": Sentence("%(who)s added %(it)s"),
    "official approved for letters": Sentence("%(who)s approved %(it)s for letters"),
    "official changed": Sentence("%(who)s changed %(it)s"),
    "official imported": Sentence("%(who)s imported %(it)s from a file"),
    "official's approval withdrawn": Sentence("%(who)s withdrew the approval of %(it)s for letters"),
    "officials to be compared again": Sentence("%(who)s had officials compared again"),
    "officials told apart": Sentence("%(who)s found officials who look alike to be different people"),
    "officials merged": Sentence("%(who)s merged a duplicate into %(it)s"),
    "opening scheduled": Sentence("%(who)s scheduled the opening of %(action)s"),
    "organiser access removed": Sentence("%(who)s removed the access of %(it)s"),
    "organiser access restored": Sentence("%(who)s restored the access of %(it)s"),
    "organiser added": Sentence("%(who)s added %(it)s"),
    "organiser's role changed": Sentence("%(who)s changed the role of %(it)s"),
    "outcome added": Sentence("%(who)s wrote the outcome of %(action)s"),
    "owner of several actions changed": Sentence("%(who)s changed the owner of several actions"),
    "owner changed": Sentence("%(who)s changed the owner of %(action)s"),
    "paper sheet corrected": Sentence("%(who)s corrected a signature sheet"),
    "paper sheet deleted": Sentence("%(who)s deleted a signature sheet"),
    "paper sheet entered": Sentence("%(who)s entered a signature sheet"),
    "passkey added": Sentence("%(who)s added a passkey"),
    "passkey removed": Sentence("%(who)s removed a passkey"),
    "password chosen": Sentence("%(who)s chose a new password"),
    "picture changed": Sentence("%(who)s changed the picture"),
    "picture removed": Sentence("%(who)s removed the picture"),
    "printing cancelled": Sentence("%(who)s cancelled the printing of a signature book"),
    "printing restarted": Sentence("%(who)s restarted the printing of a signature book"),
    "proposal published": Sentence("%(who)s published a proposed change"),
    "proposal rejected": Sentence("%(who)s rejected a proposed change"),
    "protection changed": Sentence("%(who)s changed the protection against false signatures"),
    "reader added": Sentence("%(who)s named %(it)s for %(case)s"),
    "reader removed": Sentence("%(who)s removed %(it)s from those who are named for %(case)s"),
    "recipient added": Sentence("%(who)s added an official to ask"),
    "recipient removed": Sentence("%(who)s removed an official from those asked"),
    "recipient succeeded": Sentence("%(who)s replaced an official by the successor"),
    "recipient's role changed": Sentence("%(who)s changed whether an official is asked or gets a copy"),
    "recipients reordered": Sentence("%(who)s changed the order of the officials"),
    "removal cancelled": Sentence("%(who)s stopped a removal of signatures"),
    "removal continued": Sentence("%(who)s continued a removal of signatures"),
    "removal done": Sentence("%(who)s finished a removal of signatures"),
    "removal started": Sentence("%(who)s started to remove signatures"),
    "removal undo started": Sentence("%(who)s started to bring removed signatures back"),
    "removal undone": Sentence("%(who)s finished bringing removed signatures back"),
    "reply answered": Sentence("%(who)s recorded that a reply was answered"),
    "reply recorded": Sentence("%(who)s recorded a reply"),
    "reviewers reminded": Sentence("%(who)s reminded the reviewers"),
    "scheduled opening cancelled": Sentence("%(who)s cancelled the scheduled opening of %(action)s"),
    "scheduled opening failed": Sentence("%(who)s could not open %(action)s at the scheduled time"),
    "second factor reset": Sentence("%(who)s reset the second factor of %(it)s"),
    "sending of letters held": Sentence("%(who)s held all letters back"),
    "sending of letters resumed": Sentence("%(who)s let letters go again"),
    "sensitive case entered": Sentence("%(who)s opened %(case)s without being named for it"),
    "several actions archived": Sentence("%(who)s archived several actions"),
    "session ended": Sentence("%(who)s ended a sign-in"),
    "settings changed": Sentence("%(who)s changed the settings"),
    "signature book created": Sentence("%(who)s created a signature book"),
    "signature sheets printed": Sentence("%(who)s printed signature sheets"),
    "signatures exported": Sentence("%(who)s exported signatures"),
    "source added": Sentence("%(who)s added a source"),
    "source changed": Sentence("%(who)s changed a source"),
    "source removed": Sentence("%(who)s removed a source"),
    "subject added": Sentence("%(who)s added somebody at risk"),
    "subject changed": Sentence("%(who)s changed somebody at risk"),
    "subject removed": Sentence("%(who)s removed somebody at risk"),
    "tag added to several actions": Sentence("%(who)s added a tag to several actions"),
    "tag added to several cases": Sentence("%(who)s added a tag to several cases"),
    "tag removed from several cases": Sentence("%(who)s removed a tag from several cases"),
    "tag removed from several actions": Sentence("%(who)s removed a tag from several actions"),
    "task added": Sentence("%(who)s added a task"),
    "task changed": Sentence("%(who)s changed a task"),
    "task done": Sentence("%(who)s marked a task as done"),
    "task removed": Sentence("%(who)s removed a task"),
    "task reopened": Sentence("%(who)s marked a task as not done"),
    "template added": Sentence("%(who)s added a template"),
    "template changed": Sentence("%(who)s changed a template"),
    "template removed": Sentence("%(who)s removed a template"),
    "test update sent": Sentence("%(who)s sent a test of an update"),
    "text changed": Sentence("%(who)s changed the text"),
    "text removed": Sentence("%(who)s removed the text"),
    "time zone chosen": Sentence("%(who)s chose the time zone of %(it)s"),
    "update cancelled": Sentence("%(who)s cancelled an update"),
    "update created": Sentence("%(who)s created an update"),
    "update held back": Sentence("%(who)s held back a planned update"),
    "update no longer planned": Sentence("%(who)s took back the time at which an update was to be sent"),
    "update planned": Sentence("%(who)s planned when an update is sent"),
    "update queued": Sentence("%(who)s sent an update to supporters"),
    "update written": Sentence("%(who)s wrote an update"),
    "webhook added": Sentence("%(who)s added a webhook"),
    "webhook removed": Sentence("%(who)s removed a webhook"),
    "webhook tried out": Sentence("%(who)s sent a test to a webhook"),
    "urgent correction published": Sentence("%(who)s published an urgent correction"),
    "watcher added": Sentence("%(who)s added %(it)s to those who watch %(action)s"),
    "watcher removed": Sentence("%(who)s removed %(it)s from those who watch %(action)s"),
    "watching started": Sentence("%(who)s started to watch %(action)s"),
    "watching stopped": Sentence("%(who)s stopped watching %(action)s"),
}  # fmt: skip

# Who acts and is no person.
WHO: dict[str, Sentence] = {
    COMMAND_LINE.name: Sentence("The command line"),
    SCHEDULE.name: Sentence("The schedule"),
}

# What things are called that something was done to: with a name, without one, and where nobody knows which it was.
_NAMED: dict[str, tuple[Sentence, Sentence, Sentence]] = {
    "action": (Sentence("the action “%(name)s”"), Sentence("the action no. %(number)s"), Sentence("an action")),
    "case": (Sentence("the case “%(name)s”"), Sentence("the case no. %(number)s"), Sentence("a case")),
    "official": (
        Sentence("the official “%(name)s”"), Sentence("the official no. %(number)s"), Sentence("an official"),
    ),
    "organiser": (
        Sentence("the organiser “%(name)s”"), Sentence("the organiser no. %(number)s"), Sentence("an organiser"),
    ),
}  # fmt: skip
_IN: dict[str, tuple[Sentence, Sentence]] = {
    "action": (
        Sentence("%(told)s in the action “%(name)s”"), Sentence("%(told)s in the action no. %(number)s"),
    ),
    "case": (Sentence("%(told)s in the case “%(name)s”"), Sentence("%(told)s in the case no. %(number)s")),
}  # fmt: skip

# Every kind of thing, as a list of kinds names it.
OBJECTS: dict[str, Sentence] = {
    "action": Sentence("action"),
    SEVERAL: Sentence("several actions"),
    SEVERAL_CASES: Sentence("several cases"),
    "audit trail": Sentence("audit trail"),
    "case": Sentence("case"),
    "copy": Sentence("copy of a source"),
    "delivery": Sentence("delivery"),
    "dossier": Sentence("signature book"),
    "event": Sentence("event"),
    "figure": Sentence("figure"),
    "harm statement": Sentence("do-no-harm statement"),
    "incoming mail": Sentence("incoming mail"),
    "invalidation": Sentence("removal of signatures"),
    "layout": Sentence("layout"),
    "letter": Sentence("letter"),
    "message": Sentence("message"),
    "messages": Sentence("messages"),
    "note": Sentence("note"),
    "official": Sentence("official"),
    "organisation": Sentence("organisation"),
    "organiser": Sentence("organiser"),
    "paper sheet": Sentence("signature sheet"),
    "post run": Sentence("post run"),
    "proposal": Sentence("proposed change"),
    "remark": Sentence("comment"),
    "signature": Sentence("signature"),
    "source": Sentence("source"),
    "subject": Sentence("person at risk"),
    "task": Sentence("task"),
    "template": Sentence("template"),
    "text": Sentence("text"),
    "update": Sentence("update"),
    "webhook": Sentence("webhook"),
}

# In a file of all events, where one is that its reader may not see.
LEFT_OUT = Sentence("about a sensitive case that you are not named for")

_WHICH = re.compile(r"(?P<kind>[^(]+) \((?P<which>.*)\)")


@dataclass(frozen=True)
class Told:
    """One event: its sentence, each change as words, the reason as somebody wrote it."""

    sentence: Sentence
    changes: tuple[Sentence, ...]
    reason: str | None

    @property
    def whole(self) -> Sentence:
        """ "Noor changed the deadline of the action “…”: deadline from 3 May 2026 to 9 May 2026. Reason: …"."""
        said = Sentence("%(told)s.", told=self.sentence)
        if self.changes:
            said = Sentence("%(told)s: %(changes)s.", told=self.sentence, changes=joined(self.changes, by="; "))
        return joined([said, Sentence("Reason: %(reason)s", reason=self.reason)]) if self.reason else said


def known(what: str) -> bool:
    """Whether a kind of event has its sentence."""
    return _apart(what)[0] in DID


def told(event: AuditEvent, names: Mapping[tuple[str, int], str]) -> Told:
    """An event in words. `names` says what actions, cases, officials and organisers are called."""
    kind, which = _apart(event.what)
    # A kind that an older version wrote and this one does not know is said as it was written.
    did = DID.get(kind) or Sentence("%(who)s: %(what)s", what=kind)
    said = did.filled(
        who=WHO.get(event.who, event.who),
        action=_named("action", event.action_id, names),
        case=_named("case", event.case_id, names),
        it=_named(event.object_kind, event.object_id, names),
    )
    if which:
        said = Sentence("%(told)s (%(which)s)", told=said, which=which)
    before, after = (json.loads(it) if it else {} for it in (event.before, event.after))
    if of := {SEVERAL: "action", SEVERAL_CASES: "case"}.get(event.object_kind):
        # One without a name is, or is of, a case that its reader does not see.
        after[MEMBERS] = [names[of, number] for number in after[MEMBERS] if (of, number) in names]
    return Told(_placed(said, did, event, names), tuple(changes_between(before, after)), event.reason)


def _apart(what: str) -> tuple[str, str]:
    found = _WHICH.fullmatch(what)
    return (found["kind"], found["which"]) if found and found["kind"] in DID else (what, "")


def _placed(said: Sentence, did: Sentence, event: AuditEvent, names: Mapping[tuple[str, int], str]) -> Sentence:
    """With the action, or else the case, in which it was done, where the sentence does not name it already."""
    kind, number = ("action", event.action_id) if event.action_id is not None else ("case", event.case_id)
    if number is None or f"%({kind})s" in did.message:
        return said
    named, numbered = _IN[kind]
    name = names.get((kind, number))
    return named.filled(told=said, name=name) if name else numbered.filled(told=said, number=str(number))


def _named(kind: str, number: int | None, names: Mapping[tuple[str, int], str]) -> Sentence | str:
    if kind not in _NAMED:
        return kind if number is None else f"{kind} {number}"
    named, numbered, some = _NAMED[kind]
    if number is None:
        return some
    name = names.get((kind, number))
    return named.filled(name=name) if name else numbered.filled(number=str(number))

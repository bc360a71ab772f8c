"""Nothing that is public changes without a second person: every kind of change, and every route that could make one."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from campaign.jobs.sweeps import Jobs
from campaign.publication.as_json import public_json
from campaign.publication.reading import published
from campaign.storage.tables import Action, AuditEvent, Case, Figure, Message, Organisation, Subject
from campaign.vocabulary import MessageKind, Role
from campaign.web.organise import two_people
from campaign.web.organise.action import part_names
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG
from tests.web.organise.conftest import Desk, address, agreed
from tests.web.organise.delivery.test_dossiers import planned, printed, today
from tests.web.organise.test_writing_an_action import BULLETIN
from tests.web.reading import Page

ACTION, CASE, OFFICIALS = f"/organise/actions/{SLUG}", f"/organise/cases/{SLUG}", "/organise/officials"
WHY = {"change_reason": "News from the family.", "reason": "News from the family."}

# What of the organisers' side changes nothing that readers see: their own desk, drafts, what is only looked at.
UNSEEN = {
    "security.*", "account.*", "calendar.*", "welcome.*", "team.*", "signatures.*", "letters.*", "dossiers.*",
    "owning.*", "several.*", "tasks.*", "sensitive.*", "filters.*", "notes.*", "layouts.*", "templates.*",
    "webhooks.*", "cases.retag", "cases.several", "cases.undo",
    "actions.copy", "actions.begin", "actions.state_harm", "actions.place_line", "cases.new",
    "deliveries.plan", "deliveries.answered", "deliveries.link",
    "incoming.record_reply", "incoming.dismiss", "incoming.send_again",
    "life.discard", "life.restore", "life.follow", "life.archive",
    "model_letters.preview", "model_letters.printed", "model_letters.autosave", "model_letters.drop",
    "model_letters.remove", "officials.new", "officials.chosen", "officials.compare_again", "officials.clear",
    "officials.health", "paper.blank_sheets",
    "review.submit", "review.remind", "review.approve", "review.send_back", "review.reject_change", "review.remark",
    "review.settle", "review.not_yet", "screening.count",
    "texts.preview", "texts.printed", "texts.bulletin", "texts.autosave", "texts.drop",
    "translations.upload", "translations.autosave", "translations.drop",
    "updates.begin", "updates.write", "updates.trial", "updates.cancel", "updates.not_yet",
    "cases.add_copy", "cases.remove_copy",
}  # fmt: skip
# What waits by a proposal or an approval of its own.
OWN_RULE = {
    "texts.save", "texts.restore", "model_letters.save", "model_letters.restore", "updates.queue", "review.publish",
    "review.publish_change", "translations.save",
}  # fmt: skip
# What one person does at once, each with the reason; all of it is in the audit trail.
ALONE = {
    "life.stop": "writing would do harm: the others are told at once",
    "cases.remove_picture": "a consent can be taken back at any hour: the others are told at once",
    "messages.decide": "a supporter's own words are shown or hidden, never changed",
    "messages.undo": "the same",
    "messages.decide_one": "the same",
    "messages.approve_name": "a supporter's own choice, after its moment's hold",
    "messages.hide_name": "a name is hidden, for safety",
    "paper.enter": "what was signed by hand is counted",
    "paper.judge": "the same",
    "paper.correct": "the same",
    "paper.delete": "the same",
    "screening.put_up": "the shield against false signatures: a pause gives its days back",
    "screening.begin": "false signatures leave the count; it can be undone",
    "screening.steer": "the same",
    "deliveries.leave": "that it left is a fact, without words of the office",
    "deliveries.end": "that it arrived or came back, likewise",
    "settings.change": "the office's own name and address; asks for the password again",
    "settings.change_logo": "the same",
}
# Views whose address is another word than the form they keep.
HELD = {"actions.save_particulars": "actions.particulars", "actions.bring": "actions.adopt"}


def posts(app: Flask) -> set[str]:
    rules = (it for it in app.url_map.iter_rules() if it.rule.startswith("/organise"))
    return {it.endpoint for it in rules if "POST" in (it.methods or ())}


def test_every_route_that_could_change_what_is_public_waits_or_says_why_not(site: Site) -> None:
    """A new route belongs to one of the lists, or fails here."""
    held = {HELD.get(it, it) for it in posts(site.app)} & {*two_people._MAKERS}
    whole = {it.removesuffix(".*") for it in UNSEEN if it.endswith(".*")}
    unknown = {
        it
        for it in posts(site.app)
        if HELD.get(it, it) not in held and it not in UNSEEN | OWN_RULE | {*ALONE} and it.partition(".")[0] not in whole
    }
    assert unknown == set(), "say in two_people how its form is done, or here why nobody else needs to see it"
    assert held == {*two_people._MAKERS}
    assert {*two_people._MAKERS} == {*part_names._HELD}, "a reviewer reads what a proposal changes"
    assert OWN_RULE | {*ALONE} <= posts(site.app)


def filled(page: Page) -> dict[str, object]:
    """What the page's forms would send as they are: also what is chosen and ticked."""
    fields: dict[str, object] = {}
    chosen = ""
    for it in page.elements:
        name = it.get("name") or ""
        if it.tag == "select":
            chosen = name
        elif it.tag == "option" and it.get("selected") is not None:
            fields[chosen] = it.get("value") or ""
        elif it.tag == "textarea":
            fields.setdefault(name, "".join(it.words).removeprefix("\n"))
        elif it.tag == "input" and it.get("type") in {"radio", "checkbox"}:
            fields |= {name: it.get("value") or "on"} if it.get("checked") is not None else {}
        elif it.tag == "input" and it.get("type") not in {"file", "submit"}:
            fields.setdefault(name, it.get("value") or "")
    return {name: value for name, value in fields.items() if name not in {"q", "", "csrf_token"}}


class Office:
    """Two at their desks, and a reader who has nothing to do with them."""

    def __init__(self, site: Site, one: Desk, other: Desk) -> None:
        self.site, self.one, self.other = site, one, other

    def seen(self) -> dict[str, object]:
        """Everything that readers get: pages, JSON, feeds, calendar, letters, in both languages of the action."""
        client = self.site.fresh().client
        told: dict[str, object] = {}
        with self.site.storage.reading() as session:
            told["JSON"] = public_json(published(session, SLUG, "en"))
        for tag in ("en", "ur"):
            page = Page(client.get(f"/{tag}/actions/{SLUG}").text)
            told[f"page {tag}"] = page.text + " ".join(it.get("src") or "" for it in page.all("img"))
            for path in ("feed.atom", "deadline.ics", "letter.txt"):
                told[f"{path} {tag}"] = _undated(client.get(f"/{tag}/actions/{SLUG}/{path}").text)
            told[f"list {tag}"] = _undated(client.get(f"/{tag}/feed.atom").text)
        return told

    def trail(self) -> list[tuple[str, str]]:
        with self.site.storage.reading() as session:
            found = session.execute(select(AuditEvent.who, AuditEvent.what).order_by(AuditEvent.id)).all()
        return [(it.who, it.what) for it in found]

    def mails(self) -> int:
        with self.site.storage.reading() as session:
            return len(session.scalars(select(Message.id).where(Message.kind == MessageKind.REVIEW)).all())


def _undated(feed: str) -> str:
    lines = (it for it in feed.splitlines() if not it.startswith("DTSTAMP"))
    return "\n".join(lines)


@pytest.fixture
def office(desk: Callable[..., Desk], staffed: Site) -> Office:
    return Office(staffed, desk(Role.EDITOR), desk(Role.REVIEWER))


def number(site: Site, table: type[Figure] | type[Subject], value: int | None = None) -> int:
    with site.storage.reading() as session:
        rows = session.scalars(select(table).order_by(table.id)).all()
        return next(it.id for it in rows if value is None or getattr(it, "value", None) == value)


def _texts(**changes: str) -> Callable[[Office], None]:
    def go(office: Office) -> None:
        form = filled(office.one.read(f"{ACTION}/texts/"))
        assert office.one.post(f"{ACTION}/texts/", {**form, **WHY, "kind": "edit", **changes}).status_code == 302

    return go


def _letter(office: Office) -> None:
    there = f"{ACTION}/letters/ur/0"
    form = {**filled(office.one.read(there)), **WHY, "kind": "edit", "body": "کارڈز کی تجدید کریں۔"}
    assert office.one.post(there, form).status_code == 302


def _letter_in_english(office: Office) -> None:
    there = f"{ACTION}/letters/en/0"
    form = {**filled(office.one.read(there)), **WHY, "kind": "edit", "body": "I ask you to renew every card."}
    assert office.one.post(there, form).status_code == 302


def _form_of(path: str, **changes: str) -> Callable[[Office], None]:
    def go(office: Office) -> None:
        form = {**filled(office.one.read(path)), **WHY, **changes}
        assert office.one.post(path, form).status_code == 302

    return go


def _quoted_figure(office: Office) -> None:
    there = f"{CASE}/figures/{number(office.site, Figure, 1_400_000)}"
    form = {**filled(office.one.read(there)), **WHY, "value": "1500000", "step": "confirm"}
    assert office.one.post(there, form).status_code == 302


def _other_figure(office: Office) -> None:
    there = f"{CASE}/figures/{number(office.site, Figure, 1_300_000)}"
    form = {**filled(office.one.read(there)), **WHY, "value": "1250000", "step": "confirm"}
    assert office.one.post(there, form).status_code == 302


def _chosen_figure(office: Office) -> None:
    there = f"{CASE}/figures/{number(office.site, Figure, 1_300_000)}/quote"
    form = {**filled(office.one.read(there)), "why": "It is the newest count."}
    assert office.one.post(there, form).status_code == 302


def _removed_figure(office: Office) -> None:
    there = f"{CASE}/figures/{number(office.site, Figure, 1_300_000)}"
    office.one.read(there)
    assert office.one.post(f"{there}/remove", WHY).status_code == 302


def _new_figure(office: Office) -> None:
    there = f"{CASE}/figures/new"
    page = office.one.read(there)
    source = next(it["value"] for it in page.all("option") if it["value"])
    form = {**filled(page), **WHY, "key": "pupils", "value": "9000", "label-en": "pupils", "label-ur": "طلبہ"}
    assert office.one.post(there, {**form, "source_id": source}).status_code == 302


def _subject(office: Office) -> None:
    there = f"{CASE}/subjects/{number(office.site, Subject)}"
    form = {**filled(office.one.read(there)), **WHY, "name-en": "Holders of the cards", "naming": "named"}
    assert office.one.post(there, form).status_code == 302


def _event(office: Office) -> None:
    there = f"{CASE}/events/new"
    form = {**filled(office.one.read(there)), **WHY, "on": "2025-06-20", "kind": "development"}
    assert office.one.post(there, {**form, "caption-en": "A court sits"}).status_code == 302


def _picture(office: Office) -> None:
    there, drawing = f"{CASE}/picture", io.BytesIO()
    Image.new("RGB", (800, 450), "teal").save(drawing, "PNG")
    drawing.seek(0)
    form = {
        **filled(office.one.read(there)),
        "kind": "drawing",
        "alt-en": "A hill",
        "alt-ur": "پہاڑ",
        "credit-en": "Ada",
    }
    form |= {"consent": "Drawn for us.", "consent_on": "2025-06-01", "focus": "centre"}
    assert office.one.post(there, {**form, "file": (drawing, "hill.png")}).status_code == 302


def _official(office: Office) -> None:
    there = f"{OFFICIALS}/1/edit"
    form = {**filled(office.one.read(there)), **WHY, "name": "Another Minister"}
    assert office.one.post(there, form).status_code == 302


def _file_of_officials(office: Office) -> None:
    text = office.one.get(f"{OFFICIALS}/officials.csv").data.decode("utf-8-sig")
    office.one.read(f"{OFFICIALS}/import")
    form = {"text": text.replace("Sample Minister", "Another Minister"), "sure": "yes"}
    assert office.one.post(f"{OFFICIALS}/import", form).status_code == 302


def _merged(office: Office) -> None:
    with office.site.storage.writing() as session:
        session.add(made.official(name="Minister Sample"))
    office.one.read(f"{OFFICIALS}/duplicates")
    form = {"kept": "2", "revision:1": "0", "revision:2": "0", **WHY}
    assert office.one.post(f"{OFFICIALS}/duplicates", form).status_code == 302


def _recipient(office: Office) -> None:
    with office.site.storage.writing() as session:
        session.add(made.official(name="Second Minister"))
    office.one.read(f"{ACTION}/officials/")
    form = {"official": "2", "role": "copy", **WHY}
    assert office.one.post(f"{ACTION}/officials/add", form).status_code == 302


def _successor(office: Office) -> None:
    with office.site.storage.writing() as session:
        session.add(made.official(name="Second Minister"))
    office.one.read(f"{ACTION}/officials/")
    form = {"official": "1", "successor": "2", "reason": "The first left the office."}
    assert office.one.post(f"{ACTION}/officials/succeed", form).status_code == 302


def _extended(office: Office) -> None:
    with office.site.storage.reading() as session:
        deadline = session.scalars(select(Action.deadline)).one()
    assert deadline is not None
    office.one.read(f"{ACTION}/life")
    form = {"until": str(deadline + timedelta(days=20)), "reason-en": "The court meets later."}
    assert office.one.post(f"{ACTION}/extend", form).status_code == 302


def _concluded(office: Office) -> None:
    office.one.read(f"{ACTION}/life")
    form = {"outcome": "mixed", "words-en": "Half were renewed."}
    assert office.one.post(f"{ACTION}/outcome", form).status_code == 302


def _closed(office: Office) -> None:
    office.one.read(f"{ACTION}/life")
    assert office.one.post(f"{ACTION}/close", WHY).status_code == 302


# Every kind of change, and how one person asks for it.
KINDS: dict[str, Callable[[Office], None]] = {
    "text": _texts(**{"background-en": "A card is the only proof."}),
    "title": _texts(**{"title-en": "Renew all cards"}),
    "demand": _texts(**{"demands-en": "Renew the cards.\nStop forced returns.\nOpen the schools."}),
    "translation": _texts(**{"summary-ur": "کارڈ ختم ہو رہے ہیں۔"}),
    "a new translation": _texts(
        **{"locales": "en ur fr", "title-fr": "Renouvelez les cartes", "summary-fr": "Les cartes expirent."}
    ),
    "model letter": _letter_in_english,
    "translated letter": _letter,
    "quoted figure": _quoted_figure,
    "figure beside it": _other_figure,
    "another figure quoted": _chosen_figure,
    "figure removed": _removed_figure,
    "new figure": _new_figure,
    "person at risk": _subject,
    "timeline": _event,
    "place": _form_of(f"{CASE}/where", **{"place-en": "Quetta"}),
    "where naming is dangerous": _form_of(f"{CASE}/where", at_risk_countries="af, ir"),
    "picture": _picture,
    "official": _official,
    "officials by file": _file_of_officials,
    "officials merged": _merged,
    "recipient": _recipient,
    "successor": _successor,
    "details": _form_of(f"{ACTION}/particulars", goal="5000"),
    "deadline": _extended,
    "outcome": _concluded,
    "closing": _closed,
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_public_changes_before_the_second_person_has_published_it(kind: str, office: Office) -> None:
    before, mails = office.seen(), office.mails()
    KINDS[kind](office)
    assert office.seen() == before, "readers see what nobody else has looked at"
    assert office.mails() > mails, "nobody is told that something waits"
    assert agreed(office.one) == 0, "who proposed it publishes it"
    shown = office.other.read(f"{ACTION}/review/")
    assert shown.all("ins") or shown.all("del"), "who publishes sees no difference"
    assert agreed(office.other) == 1
    assert office.seen() != before, "nothing that readers see has changed: the walk proves nothing"
    trail = [(who, what) for who, what in office.trail() if what in {"change proposed", "proposal published"}]
    assert trail == [("The editor", "change proposed"), ("The reviewer", "proposal published")]
    told = office.one.read(f"/organise/audit/actions/{SLUG}").text
    assert "proposed a change" in told and "published a proposed change" in told


@pytest.mark.parametrize("kind", [it for it in KINDS if it not in {"deadline", "outcome"}])
def test_what_was_rejected_changes_nothing_and_the_trail_tells_why(kind: str, office: Office) -> None:
    before = office.seen()
    KINDS[kind](office)
    page = office.other.read(f"{ACTION}/review/")
    (there,) = (it["action"] for it in page.all("form") if it["action"].endswith("/reject"))
    assert office.other.post(there, {"text": "The family says otherwise."}).status_code == 302
    assert office.seen() == before
    assert office.trail()[-1] == ("The reviewer", "proposal rejected")


URGENT: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "text": (f"{ACTION}/texts/", {"background-en": "She is in danger.", "kind": "edit", "urgent": "yes"}),
    "letter": (f"{ACTION}/letters/en/0", {"body": "I ask you.", "kind": "edit", "urgent": "yes"}),
    "official": (f"{OFFICIALS}/1/edit", {"name": "Another Minister", "change_urgent": "yes"}),
    "place": (f"{CASE}/where", {"place-en": "Quetta", "change_urgent": "yes"}),
    "details": (f"{ACTION}/particulars", {"goal": "5000", "change_urgent": "yes"}),
}


@pytest.mark.parametrize("kind", URGENT)
def test_an_urgent_correction_by_one_person_is_possible_with_a_reason_and_told_by_mail_at_once(
    kind: str, office: Office
) -> None:
    before, (path, typed) = office.seen(), URGENT[kind]
    form = {**filled(office.one.read(path)), **typed}
    refused = office.one.post(path, form)
    assert refused.status_code == 422 and office.seen() == before
    assert office.one.post(path, {**form, **WHY}).status_code == 302
    assert office.seen() != before
    assert ("The editor", "urgent correction published") in office.trail()
    Jobs(office.site.settings, office.site.storage).post()
    mails = [it.read_text("utf-8") for it in office.site.settings.mailbox.glob("*-review.eml")]
    to = sorted(line for it in mails for line in it.splitlines() if line.startswith("To: "))
    # Whoever may review, and not who did it.
    assert to == [f"To: {address(it)}" for it in (Role.ADMIN, Role.REVIEWER)]
    assert all("News from the family." in it and "The editor" in it for it in mails)


def test_what_changed_meanwhile_is_not_published_over(office: Office) -> None:
    """What someone else read is what is published, or nothing."""
    KINDS["place"](office)
    with office.site.storage.writing() as session:
        session.scalars(select(Case)).one().place = {"en": "Lahore", "ur": "لاہور"}
    page = office.other.read(f"{ACTION}/review/")
    (there,) = (it["action"] for it in page.all("form") if it["action"].endswith("/publish"))
    assert office.other.post(there).status_code == 409
    assert "Lahore" in office.seen()["page en"]


def test_a_stop_waits_for_nobody_and_the_others_are_told_at_once(office: Office) -> None:
    office.one.read(f"{ACTION}/life")
    mails = office.mails()
    assert office.one.post(f"{ACTION}/stop", {"sure": "yes", "reason-en": "She is free."}).status_code == 302
    assert "Please do not write any more" in office.seen()["page en"]
    assert office.mails() > mails


def test_an_officials_reply_is_public_once_someone_else_saw_it(office: Office) -> None:
    there = planned(office.one, printed(office.site, office.one))
    office.one.post(f"{there}/dispatch", {"on": today()})
    before = office.seen()
    form = {"on": today(), "text": "We shall see.", "shown": "text"}
    assert office.one.post(f"{there}/reply", form).status_code == 302
    assert office.seen() == before
    assert agreed(office.other) == 1
    assert "We shall see." in office.seen()["page en"]


def test_an_earlier_version_is_brought_back_by_two(office: Office) -> None:
    KINDS["text"](office)
    agreed(office.other)
    before = office.seen()
    office.one.read(f"{ACTION}/texts/en/versions")
    assert office.one.post(f"{ACTION}/texts/en/restore", {"version": "1"}).status_code == 302
    assert office.seen() == before
    assert agreed(office.other) == 1
    assert office.seen() != before


def test_where_nobody_asks_for_two_nothing_waits(office: Office) -> None:
    with office.site.storage.writing() as session:
        session.scalars(select(Organisation)).one().review_required = False
    before = office.seen()
    KINDS["place"](office)
    assert office.seen() != before


def test_facts_of_a_bulletin_for_a_public_case_wait_and_its_draft_is_there(office: Office) -> None:
    before = office.seen()
    office.one.read("/organise/actions/new")
    form = {"text": BULLETIN, "case": SLUG, "all_figures": "yes", "all_events": "yes", "publisher": "Example Press"}
    answer = office.one.post("/organise/actions/new/import", form)
    assert answer.status_code == 302
    assert office.one.get(str(answer.location)).status_code == 200
    assert office.seen() == before

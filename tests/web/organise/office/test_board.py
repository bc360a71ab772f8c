"""The board as its readers see it: what is due, in which order, and the one next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from campaign import clock
from campaign.storage.tables import (
    Action,
    Case,
    Delivery,
    Dossier,
    Event,
    Official,
    Organisation,
    Signature,
    Tally,
    Task,
)
from campaign.vocabulary import (
    ActionStatus,
    DeliveryChannel,
    DeliveryStatus,
    DossierStatus,
    EventKind,
    Outcome,
    ReplyShown,
    Role,
    SignatureStatus,
)
from tests import made
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk

NOON = made.NOON  # 1 August 2025, a Friday, in Islamabad and London alike
DAY = NOON.date()


@pytest.fixture(autouse=True)
def first_of_august(staffed: Site, hour: Hour) -> None:
    """The site's own action is out of the way, and the clock stands still."""
    hour.becomes(NOON)
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.ARCHIVED))


def action(site: Site, slug: str, days: int | None, **values: object) -> None:
    """An action whose deadline is so many days away."""
    with site.storage.writing() as session:
        found = made.action(session, slug, **{"issued_on": DAY - timedelta(days=20), **values})  # type: ignore[arg-type]
        found.deadline = None if days is None else DAY + timedelta(days=days)
        found.texts[0].title = slug.replace("-", " ").capitalize()
        found.case.events, found.case.figures = [], found.case.figures[:1]


def rows(page: object) -> list[str]:
    """Headings of groups and titles of rows, from the top."""
    return [it.text for it in page.elements if it.tag in {"h2", "h3"}]  # type: ignore[attr-defined]


def test_the_most_urgent_stands_first(desk: Callable[..., Desk], staffed: Site) -> None:
    action(staffed, "in-a-month", 30)
    action(staffed, "in-three-days", 3)
    action(staffed, "today", 0)
    action(staffed, "unfinished", -2, status=ActionStatus.DRAFT)
    action(staffed, "reviewed", 20, status=ActionStatus.IN_REVIEW)
    action(staffed, "no-day-yet", None, status=ActionStatus.DRAFT)
    page = desk(Role.EDITOR).read("/organise/")
    assert rows(page) == [
        "Today",
        "Today",
        "Overdue",
        "Unfinished",
        "This week",
        "In three days",
        "Later 2",
        "In a month",
        "No day yet",
        "Waiting for someone",
        "Reviewed",
    ]
    assert page.heading == "Friday 1 August"
    assert "Two tasks are due today." in page.text


@pytest.mark.parametrize("total", [60, 500])
def test_nothing_that_is_due_today_or_late_is_folded_away_however_many_actions_there_are(
    desk: Callable[..., Desk], staffed: Site, total: int
) -> None:
    """Of six that ended today one was drawn, since late outcomes stood before them."""
    for n in range(1, 8):
        action(staffed, f"outcome-late-{n}", -40 - n, status=ActionStatus.CLOSED)
    for n in range(1, 7):
        action(staffed, f"ends-today-{n}", 0)
    action(staffed, "draft-late", -2, status=ActionStatus.DRAFT)
    with staffed.storage.writing() as session:
        for n in range(total - 14):
            later = made.action(session, f"later-{n}", DAY + timedelta(days=30))
            later.case.events, later.case.figures = [], later.case.figures[:1]
    page = desk(Role.EDITOR).read("/organise/")
    drawn = rows(page)
    assert drawn[: drawn.index(f"Later {total - 14}")] == [
        "Today 6",
        *(f"Ends today {n}" for n in range(1, 7)),
        "Overdue 8",
        "Draft late",  # the worst first, then the longest late
        *(f"Outcome late {n}" for n in range(7, 0, -1)),
    ]
    assert "14 tasks are due today." in page.text


def test_where_nothing_is_due_the_board_still_says_what_waits_for_a_second_person(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    assert "Nothing is due today." in desk(Role.REVIEWER).read("/organise/").text
    action(staffed, "reviewed", 20, status=ActionStatus.IN_REVIEW)
    board = desk(Role.REVIEWER).read("/organise/").text
    assert "Nothing is due today. One action is waiting for a second person." in board


def test_a_threat_has_a_row_of_its_own_and_a_mark_on_the_action(desk: Callable[..., Desk], staffed: Site) -> None:
    with staffed.storage.writing() as session:
        cards = made.action(session, "cards", DAY + timedelta(days=40), issued_on=DAY)
        cards.case.figures = cards.case.figures[:1]
    page = desk(Role.VIEWER).read("/organise/")
    # The threat of June lies behind; that of 1 September is a month ahead, nine days before the deadline.
    assert rows(page) == ["Later", "returns begin", "Renew the cards"]
    assert [it.text for it in page.all("span", class_="flag")] == ["returns begin on 1 September, before the deadline"]


def test_after_the_deadline_the_dossier_comes_first_and_then_the_outcome(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    action(staffed, "signed", -10, status=ActionStatus.CLOSED)
    action(staffed, "unsigned", -31, status=ActionStatus.CLOSED)
    with staffed.storage.writing() as session:
        signed = session.query(Action).filter_by(slug="signed").one()
        session.add(Tally(action_id=signed.id, day=DAY - timedelta(days=12), country="GB", count=40))
    page = desk(Role.ADMIN).read("/organise/")
    assert rows(page) == ["Overdue 2", "Signed", "Unsigned"]
    assert [it.text for it in page.all("a", class_="next")] == [
        "Create the signature book: Signed",
        "Close with an outcome: Unsigned",
    ]
    assert [it.text for it in page.all("p", class_="n")] == ["−3days", "−1day"]


def test_a_closed_action_says_when_it_closed_and_what_is_due_and_nothing_of_an_end_to_come(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    action(staffed, "closed-early", 20, status=ActionStatus.CLOSED)
    with staffed.storage.writing() as session:
        session.execute(update(Action).where(Action.slug == "closed-early").values(ended_at=NOON - timedelta(days=3)))
    row = next(it for it in desk(Role.ADMIN).read("/organise/").all("div", class_="what") if "Closed early" in it.text)
    # 29 July, and thirty days after the deadline of 21 August.
    assert "closed 29 July 2025, outcome due 20 September 2025" in row.text
    assert "deadline" not in row.text


def test_a_day_of_another_year_says_which(desk: Callable[..., Desk], staffed: Site) -> None:
    action(staffed, "into-the-next", 200)
    with staffed.storage.writing() as session:
        case = session.scalars(select(Action).where(Action.slug == "into-the-next")).one().case
        threat = {"case_id": case.id, "kind": EventKind.THREAT, "caption": {"en": "hearing"}}
        session.add(Event(on=date(2026, 1, 12), **threat))
    page = desk(Role.ADMIN).read("/organise/")
    assert "hearing on 12 January 2026, before the deadline" in page.text


def test_what_needs_a_person_is_flagged(desk: Callable[..., Desk], staffed: Site) -> None:
    action(staffed, "well", 20)
    action(staffed, "ailing", 21, languages=["en", "fr"])
    with staffed.storage.writing() as session:
        ailing = session.query(Action).filter_by(slug="ailing").one()
        session.execute(
            update(Official)
            .where(Official.id == ailing.recipients[0].official_id)
            .values(email_bounced_at=NOON, name="Dr. Mail Less")
        )
        ailing.texts = ailing.texts[:1]
    page = desk(Role.EDITOR).read("/organise/")
    assert [it.text for it in page.all("span", class_="flag")] == [
        "Dr. Mail Less: e-mail bounces",
        "No letter in French",
    ]
    steps = [it.text for it in page.all("a", class_="next")]
    assert steps == ["Open: Well", "Fix the address: Ailing"]


def test_old_and_conflicting_figures_are_flagged_until_somebody_decides(
    desk: Callable[..., Desk], staffed: Site, hour: Hour
) -> None:
    with staffed.storage.writing() as session:
        doubtful = made.action(session, "doubtful", DAY + timedelta(days=100))
        doubtful.case.events = []
    who = desk(Role.EDITOR)
    page = who.read("/organise/")
    assert [it.text for it in page.all("span", class_="flag")] == ["Sources disagree about holders"]
    (step,) = page.all("a", class_="next")
    assert (step.text, step["href"]) == ("Review figures: Renew the cards", "/organise/cases/doubtful")
    with staffed.storage.writing() as session:
        for figure in session.query(Action).filter_by(slug="doubtful").one().case.figures:
            figure.why = "The ministry counts the same way every year."
    assert not who.read("/organise/").all("span", class_="flag")
    hour.passes(days=60)
    who = desk(Role.EDITOR)
    assert [it.text for it in who.read("/organise/").all("span", class_="flag")] == [
        "1 figure out of date (over 90 days)"
    ]


def test_a_signing_pattern_that_looks_false_is_flagged(desk: Callable[..., Desk], staffed: Site) -> None:
    action(staffed, "burst", 20)
    with staffed.storage.writing() as session:
        burst = session.query(Action).filter_by(slug="burst").one()
        session.add_all(
            Signature(
                action_id=burst.id,
                reference=bytes([n] * 16),
                status=SignatureStatus.PENDING,
                email=b"sealed",
                name=b"sealed",
                network_hash=b"one network here",
                country="GB",
                disclosure="public",
                updates=False,
                locale="en",
                consent_text_id=1,
                created_at=NOON,
                expires_at=NOON,
                counts=False,
                tallied=False,
            )
            for n in range(40)
        )
    page = desk(Role.VIEWER).read("/organise/")
    (flag,) = page.all("span", class_="flag")
    assert flag.text == "40 of 40 signatures in two days came from one network"
    assert page.one("a", class_="next").text == "Check signatures: Burst"


def test_a_dossier_that_lies_about_is_flagged_and_its_action_is_not_finished_yet(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    action(staffed, "told", -40, status=ActionStatus.CLOSED, outcome_kind=Outcome.MIXED, outcome={"en": "In part."})
    with staffed.storage.writing() as session:
        told = session.query(Action).filter_by(slug="told").one()
        dossier = Dossier(
            code="AAAA-2222",
            action_id=told.id,
            official_id=told.recipients[0].official_id,
            locale="en",
            status=DossierStatus.READY,
            frozen_at=NOON,
            appeal="{}",
            named=1,
            withheld=0,
            pages=9,
            sha256="0" * 64,
        )
        way = Delivery(
            dossier=dossier,
            channel=DeliveryChannel.POST,
            status=DeliveryStatus.DISPATCHED,
            who="Noor",
            place="The ministry",
            planned_for=DAY,
            dispatched_on=DAY - timedelta(days=20),
            reply_shown=ReplyShown.NOTHING,
            created_at=NOON,
        )
        session.add(way)
    who = desk(Role.EDITOR)
    page = who.read("/organise/")
    assert rows(page) == ["Overdue", "Told"]
    (flag,) = page.all("span", class_="flag")
    assert flag.text == "No receipt for the signature book to Sample Minister"
    (step,) = page.all("a", class_="next")
    assert (step.text, step["href"]) == ("Record the receipt: Told", "/organise/actions/told/delivery")
    assert page.one("p", class_="n").text == "−5days"  # post to Pakistan takes fifteen
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(posting_days={"PK": "20"}))
    assert not who.read("/organise/").all("span", class_="flag")
    with staffed.storage.writing() as session:
        session.execute(update(Delivery).values(dispatched_on=DAY - timedelta(days=20), reply_on=DAY, reply_text="No"))
    assert not who.read("/organise/").all("span", class_="flag")
    with staffed.storage.writing() as session:
        session.execute(update(Delivery).values(reply_on=DAY - timedelta(days=15)))
    assert who.read("/organise/").one("a", class_="next").text == "Answer the reply: Told"


def test_signatures_stand_against_the_goal_with_where_the_pace_ends(desk: Callable[..., Desk], staffed: Site) -> None:
    action(staffed, "paced", 9, goal=5000)
    with staffed.storage.writing() as session:
        paced = session.query(Action).filter_by(slug="paced").one()
        for n in range(10):
            for country in ("GB", "PK"):
                session.add(Tally(action_id=paced.id, day=DAY - timedelta(days=n), country=country, count=50))
    page = desk(Role.VIEWER).read("/organise/")
    (count,) = page.all("p", class_="count")
    # 900 until yesterday, and 100 a day for today and the nine days to come.
    assert count.text == "1,000 of 5,000forecast 1,900"
    assert len(page.all("path", class_="went")) == len(page.all("path", class_="will")) == 1
    assert not [it for it in page.elements if it.get("style")]


def test_a_viewer_is_offered_no_step_that_is_not_theirs(desk: Callable[..., Desk], staffed: Site) -> None:
    action(staffed, "soon", 2)
    assert [it.text for it in desk(Role.EDITOR).read("/organise/").all("a", class_="next")] == ["Extend or close: Soon"]
    assert [it.text for it in desk(Role.VIEWER).read("/organise/").all("a", class_="next")] == ["Open: Soon"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"words": "fishers"}, ["Three fishers"]),
        ({"words": "FISH"}, ["Three fishers"]),
        ({"words": "UA 7/25"}, ["Three fishers"]),
        ({"words": "Kenya"}, ["A teacher"]),
        # In any of its languages; who searches finds what was put away, too.
        ({"words": "کارڈز"}, ["A teacher", "Three fishers", "Renew the cards"]),
        ({"words": "nothing of the kind"}, []),
        ({"country": "KE"}, ["A teacher"]),
        ({"status": "draft"}, ["A teacher"]),
        ({"mine": "yes"}, ["Three fishers"]),
    ],
)
def test_the_board_is_narrowed_down(
    desk: Callable[..., Desk], staffed: Site, query: dict[str, str], found: list[str]
) -> None:
    action(staffed, "three-fishers", 30, serial=7)
    action(staffed, "a-teacher", 20, status=ActionStatus.DRAFT)
    with staffed.storage.writing() as session:
        session.execute(update(Case).where(Case.slug == "a-teacher").values(country="KE"))
    who = desk(Role.EDITOR)
    who.read("/organise/actions/three-fishers")
    who.post("/organise/actions/three-fishers/watch", {"watch": "yes"})
    page = who.read("/organise/", query_string=query)
    assert [it.text for it in page.all("h3")] == found


def test_a_long_group_is_shown_in_part_until_all_of_it_is_asked_for(desk: Callable[..., Desk], staffed: Site) -> None:
    for n in range(30):
        action(staffed, f"action-{n:02}", 30 + n)
    who = desk(Role.VIEWER)
    assert len(who.read("/organise/").all("h3")) == 30
    action(staffed, "one-more", 90)
    page = who.read("/organise/")
    assert len(page.all("h3")) == 5
    (more,) = [it for it in page.all("a") if it.text == "Show all 31"]
    assert len(who.read(more["href"].partition("#")[0]).all("h3")) == 31


def test_what_has_a_task_for_today_is_never_folded_away_whoever_else_waits(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    for n in range(40):
        action(staffed, f"action-{n:02}", 30 + n)
    with staffed.storage.writing() as session:
        last = session.scalars(select(Action.id).where(Action.slug == "action-39")).one()
        session.add(Task(action_id=last, what="Ring the lawyer", on=DAY))
        session.add(Task(action_id=last, what="Write to her", on=DAY + timedelta(days=1)))
    page = desk(Role.VIEWER).read("/organise/")
    assert [it.text for it in page.all("h3")] == [*(f"Action {n:02}" for n in range(5)), "Action 39"]
    assert [it.text for it in page.all("span", class_="flag")] == ["Task for today: Ring the lawyer"]
    assert "One task is due today." in page.text


def test_the_calendar_shows_deadlines_and_threats_on_their_days(desk: Callable[..., Desk], staffed: Site) -> None:
    with staffed.storage.writing() as session:
        made.action(session, "cards", DAY + timedelta(days=40))
    who = desk(Role.VIEWER)
    page = who.read("/organise/calendar?month=2025-09")
    assert page.heading == "September 2025"
    days = {it.text.split("September")[0].split()[-1]: it.text for it in page.all("td") if "September" in it.text}
    assert [day for day, told in days.items() if "returns begin" in told] == ["1"]
    assert [day for day, told in days.items() if "Deadline UA 56/25 Renew the cards" in told] == ["10"]
    assert who.read("/organise/calendar?month=nonsense").heading == "August 2025"


def queries(site: Site, who: Desk) -> int:
    told: list[str] = []

    def tell(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            told.append(statement)

    event.listen(site.storage.engine, "before_cursor_execute", tell)
    who.read("/organise/")
    event.remove(site.storage.engine, "before_cursor_execute", tell)
    assert not [it for it in told if "FROM signatures" in it]
    return len(told)


def test_the_number_of_queries_does_not_grow_with_the_actions(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    for n in range(2):
        action(staffed, f"first-{n}", 5 + n)
    with staffed.storage.writing() as session:
        made.action(session, "threatened", DAY + timedelta(days=40))
    who.read("/organise/")  # screening looks at signatures once a minute, however many are on the board
    few = queries(staffed, who)
    for n in range(20):
        action(staffed, f"more-{n}", n - 5, status=ActionStatus.DRAFT if n % 2 else ActionStatus.OPEN, owner_id=1)
    with staffed.storage.writing() as session:
        everything = session.scalars(select(Action.id)).all()
        session.add_all(Task(action_id=it, what="Call", on=DAY, organiser_id=2) for it in everything)
    assert queries(staffed, who) == few
    assert clock.now() == NOON


def test_a_new_admin_is_led_and_no_filter_stands_over_nothing(desk: Callable[[Role], Desk], site: Site) -> None:
    with site.storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.DRAFT))
    page = desk(Role.ADMIN).read("/organise/")
    steps = page.one("section", class_="first-steps")
    assert "First steps" in steps.text
    assert "Invite a first colleague: done" in steps.text and "Set up your second factor An app" in steps.text
    # The first that is left is the one to take.
    assert [it.text for it in page.all("a", class_="button go")] == ["Begin: Set the address that e-mails come from"]
    assert "First steps" not in desk(Role.EDITOR).read("/organise/").text


def test_the_board_is_filtered_by_a_tag_that_is_in_use_and_rows_show_theirs(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    action(staffed, "three-fishers", 30, tags=["Coast", "partner: X"])
    action(staffed, "a-teacher", 20, tags=["COAST"])
    action(staffed, "over", -40, status=ActionStatus.STOPPED, tags=["coast"])
    action(staffed, "untagged", 10)
    who = desk(Role.VIEWER)
    page = who.read("/organise/")
    offered = [it.text for it in page.all("option")]
    assert offered[offered.index("Any tag") + 1 :] == ["\u2068Coast\u2069", "\u2068partner: X\u2069"]
    assert [it.text for it in page.all("p", class_="tags")] == ["Tags: COAST", "Tags: Coastpartner: X"]
    page = who.read("/organise/", query_string={"tag": "coast"})
    assert rows(page) == ["Later 2", "A teacher", "Three fishers", "Finished", "Over"]
    chosen = next(it for it in page.all("option") if it.get("selected") is not None)
    assert chosen["value"] == "Coast"
    assert rows(who.read("/organise/", query_string={"tag": "partner: X", "status": "open"})) == [
        "Later",
        "Three fishers",
    ]
    assert "No action matches." in who.read("/organise/", query_string={"tag": "nowhere"}).text


def test_tags_are_typed_on_the_details_and_no_reader_sees_them(desk: Callable[..., Desk], staffed: Site) -> None:
    action(staffed, "cards", 20)
    who, here = desk(Role.EDITOR), "/organise/actions/cards"
    inputs = who.read(f"{here}/particulars").all("input")
    form = {it["name"]: it.get("value") or "" for it in inputs if it.get("name") not in {None, "q", "csrf_token"}}
    form |= {"kind": "first", "seats": "1"}
    refused = who.post(f"{here}/particulars", {**form, "tags": "x" * 41})
    assert refused.status_code == 422
    assert "Use at most 40 characters in each tag." in refused.text
    assert who.post(f"{here}/particulars", {**form, "tags": "zanzibar, partner: X"}).status_code == 302
    assert "zanzibar · partner: X" in who.read(here).text
    client = staffed.fresh().client
    for path in ("/en/", "/en/actions/cards", "/actions/cards/count.json", "/en/feed.atom"):
        answer = client.get(path)
        assert (answer.status_code, "zanzibar" in answer.text) == (200, False), path

"""A case on the organisers' side: entering its evidence, weighing figures, correcting one with everything in view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event, select, update

from campaign.cases.board import case_list
from campaign.storage.tables import ActionText, AuditEvent, Case, Figure, ModelLetter, Source, Subject
from campaign.vocabulary import Naming, Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk, agreed
from tests.web.reading import Page

CASE = "/organise/cases/renew-the-cards"
WHY = {"change_reason": "News from the family."}
SITTING = Callable[[Role], Desk]


@pytest.fixture
def editor(desk: SITTING) -> Desk:
    return desk(Role.EDITOR)


def figure(site: Site, value: int) -> Figure:
    with site.storage.reading() as session:
        return session.scalars(select(Figure).where(Figure.value == value)).one()


def inputs(page: Page) -> dict[str, object]:
    """What the page's main form would send as it is."""
    fields = {it["name"]: it.get("value") or "" for it in page.all("input") if it.get("type") != "radio"}
    return {name: value for name, value in fields.items() if name != "csrf_token"}


def correction(editor: Desk, figure_id: int, **changes: str) -> dict[str, object]:
    """The form of a figure, filled in."""
    page = editor.read(f"{CASE}/figures/{figure_id}")
    source = next(it["value"] for it in page.all("option") if it["value"])
    return {**inputs(page), "source_id": source, "reason": "The agency corrected its count.", **changes}


def test_a_case_shows_figures_side_by_side_with_their_conflict(editor: Desk, staffed: Site) -> None:
    page = editor.read(CASE)
    assert "1,400,000 and 1,300,000" in page.text
    assert "Sources disagree" in page.text
    assert [it.text for it in page.all("span", class_="mark")] == ["used"]
    assert "Sources disagree about holders" in editor.read("/organise/cases/").text


def test_a_correction_is_shown_before_it_is_made_in_every_language(editor: Desk, staffed: Site) -> None:
    it = figure(staffed, 1_400_000)
    answer = editor.post(f"{CASE}/figures/{it.id}", correction(editor, it.id, value="1,500,000"))
    page = Page(answer.text)
    assert answer.status_code == 200
    assert page.heading == "What this correction changes"
    shown = [(it["lang"], it.text) for it in page.all("dd") if it.get("lang")]
    assert ("en", "The cards of at least 1.4 1.5 million people have run out.") in shown
    assert any(tag == "ur" and "14 15 لاکھ" in text for tag, text in shown)
    assert "1.5" in [it.text for it in page.all("ins")]
    assert figure(staffed, 1_400_000).id == it.id


def test_a_confirmed_correction_changes_the_page_and_keeps_the_letter_that_was_sent(
    editor: Desk, staffed: Site
) -> None:
    it = figure(staffed, 1_400_000)
    editor.post(f"{CASE}/figures/{it.id}", correction(editor, it.id, value="1500000"))
    preview = Page(editor.post(f"{CASE}/figures/{it.id}", correction(editor, it.id, value="1500000")).text)
    answer = editor.post(f"{CASE}/figures/{it.id}", {**inputs(preview), "step": "confirm"})
    assert answer.status_code == 302
    assert "New versions: 2 texts, 2 letters." in editor.read(CASE).text
    assert "at least 1.5 million" in staffed.fresh().client.get("/en/actions/renew-the-cards").text
    with staffed.storage.reading() as session:
        old = session.scalars(select(ModelLetter).where(ModelLetter.locale == "en", ModelLetter.version == 1)).one()
        assert old.filled == {"holders": "at least 1.4 million"}


def test_going_back_from_the_preview_keeps_what_was_typed(editor: Desk, staffed: Site) -> None:
    it = figure(staffed, 1_400_000)
    preview = Page(editor.post(f"{CASE}/figures/{it.id}", correction(editor, it.id, value="1500000")).text)
    page = Page(editor.post(f"{CASE}/figures/{it.id}", {**inputs(preview), "step": "back"}).text)
    assert page.one("input", name="value")["value"] == "1500000"
    assert page.one("textarea", name="reason").text == "The agency corrected its count."


def test_a_correction_without_a_reason_or_with_half_a_number_is_asked_for_again(editor: Desk, staffed: Site) -> None:
    it = figure(staffed, 1_400_000)
    answer = editor.post(f"{CASE}/figures/{it.id}", correction(editor, it.id, value="1.5", reason=""))
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one("input", name="value")["value"] == "1.5"
    assert [it["href"] for it in page.all("a") if it.get("href") in {"#value", "#reason"}] == ["#value", "#reason"]


def test_two_who_correct_at_once_are_shown_both_versions(editor: Desk, staffed: Site) -> None:
    it = figure(staffed, 1_400_000)
    form = correction(editor, it.id, value="1500000")
    with staffed.storage.writing() as session:
        session.execute(update(Figure).where(Figure.id == it.id).values(value=1_450_000))
    answer = editor.post(f"{CASE}/figures/{it.id}", {**form, "step": "confirm"})
    page = Page(answer.text)
    assert answer.status_code == 409
    assert page.one("section", class_="both").text.count("1450000") == 1
    assert page.one("input", name="value")["value"] == "1500000"
    assert figure(staffed, 1_450_000)
    # Who has seen both may go on: this form knows what stands there now.
    assert editor.post(f"{CASE}/figures/{it.id}", {**inputs(page), **form, "seal": page.hidden("seal"),
                                                   "step": "confirm"}).status_code == 302  # fmt: skip


def test_another_figure_is_quoted_with_a_reason(editor: Desk, staffed: Site) -> None:
    it = figure(staffed, 1_300_000)
    page = editor.read(f"{CASE}/figures/{it.id}/quote")
    assert "at least 1.4 million (Example Press)" in page.text
    refused = editor.post(f"{CASE}/figures/{it.id}/quote", inputs(page))
    assert (refused.status_code, figure(staffed, 1_300_000).quoted) == (422, False)
    answer = editor.post(f"{CASE}/figures/{it.id}/quote", {**inputs(page), "why": "It names its method."})
    assert answer.status_code == 302
    assert (figure(staffed, 1_300_000).quoted, figure(staffed, 1_400_000).quoted) == (True, False)
    assert "It names its method." in editor.read(CASE).text


def test_a_new_case_takes_its_evidence_part_by_part(editor: Desk, staffed: Site) -> None:
    page = editor.read("/organise/cases/new?country=Pakistan")
    answer = editor.post("/organise/cases/new", {**inputs(page), "title": "Teachers in Lahore", "country": "PK"})
    there = answer.location
    assert there == "/organise/cases/teachers-in-lahore"
    for kind, form in (
        ("subjects", {"name-en": "Sample Teacher", "pronoun-en": "she", "naming": "initials"}),
        ("sources", {"publisher-en": "Example Press", "title-en": "A report", "published_on": "2025-06-17"}),
        ("events", {"on": "2025-06-30", "kind": "threat", "caption-en": "trial begins"}),
    ):
        editor.read(f"{there}/{kind}/new")
        assert editor.post(f"{there}/{kind}/new", form).status_code == 302
    with staffed.storage.reading() as session:
        case_id = session.scalars(select(Case.id).where(Case.slug == "teachers-in-lahore")).one()
        source = session.scalars(select(Source.id).where(Source.case_id == case_id)).one()
    editor.read(f"{there}/figures/new")
    counted = {"key": "held", "value": "12", "label-en": "teachers are held", "source_id": source}
    assert editor.post(f"{there}/figures/new", counted).status_code == 302
    page = editor.read(there)
    for words in ("S. T.", "trial begins", "Example Press", "teachers are held", "created the case"):
        assert words in page.text


def test_a_form_with_a_fault_is_shown_again_with_what_was_typed(editor: Desk, staffed: Site) -> None:
    editor.read(f"{CASE}/sources/new")
    answer = editor.post(f"{CASE}/sources/new", {"publisher-en": "Example Press", "published_on": "June"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one("input", id="publisher-en")["value"] == "Example Press"
    assert page.one("input", id="published_on")["aria-invalid"] == "true"
    assert "2025-06-30" in page.one("p", id="published_on-error").text


def test_two_who_change_a_subject_at_once_lose_nothing(editor: Desk, staffed: Site) -> None:
    with staffed.storage.reading() as session:
        subject = session.scalars(select(Subject)).one()
    there = f"{CASE}/subjects/{subject.id}"
    form = {**inputs(editor.read(there)), "naming": "described", "name-en": "People with cards"}
    with staffed.storage.writing() as session:
        session.execute(update(Subject).values(name={"en": "Holders of cards"}, naming=Naming.NAMED))
    answer = editor.post(there, form)
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Holders of cards" in page.one("section", class_="both").text
    assert page.one("input", id="name-en")["value"] == "People with cards"
    assert editor.post(there, {**form, "seal": page.hidden("seal"), **WHY}).status_code == 302


def test_where_a_case_is_can_be_changed_and_is_recorded(editor: Desk, staffed: Site, desk: SITTING) -> None:
    page = editor.read(f"{CASE}/where")
    form = {**inputs(page), "country": "PK", "at_risk_countries": "af, ir"}
    assert editor.post(f"{CASE}/where", {**form, **WHY}).status_code == 302
    agreed(desk(Role.REVIEWER))
    with staffed.storage.reading() as session:
        assert session.scalars(select(Case)).one().at_risk_countries == ["AF", "IR"]
        told = session.scalars(select(AuditEvent.what).order_by(AuditEvent.id.desc()).limit(3)).all()
        assert told == ["proposal published", "case changed", "change proposed"]


def test_what_is_taken_out_needs_a_reason(editor: Desk, staffed: Site, desk: SITTING) -> None:
    it = figure(staffed, 1_300_000)
    editor.read(f"{CASE}/figures/{it.id}")
    assert editor.post(f"{CASE}/figures/{it.id}/remove").status_code == 422
    assert editor.post(f"{CASE}/figures/{it.id}/remove", {"reason": "Entered twice."}).status_code == 302
    agreed(desk(Role.REVIEWER))
    assert "1.3 million" not in editor.read(CASE).text


def test_a_viewer_reads_a_case_and_is_offered_nothing_to_change(desk: SITTING, staffed: Site) -> None:
    page = desk(Role.VIEWER).read(CASE)
    assert not [it for it in page.links if "/figures/" in it or it.endswith("/new")]


def test_a_subject_known_by_initials_is_named_no_further_on_public_pages(staffed: Site) -> None:
    with staffed.storage.writing() as session:
        session.execute(update(Subject).values(name={"en": "Sample Teacher"}, naming=Naming.INITIALS))
    for path in ("/en/actions/renew-the-cards", "/api/v1/actions/renew-the-cards"):
        text = staffed.fresh().client.get(path).text
        assert "Sample Teacher" not in text
    assert "S. T." in staffed.client.get("/en/actions/renew-the-cards").text


def test_a_text_that_names_somebody_further_than_allowed_is_pointed_out(editor: Desk, staffed: Site) -> None:
    with staffed.storage.writing() as session:
        session.execute(update(Subject).values(name={"en": "Sample Teacher"}, naming=Naming.INITIALS))
    assert "name in full" not in editor.read(CASE).text
    with staffed.storage.writing() as session:
        session.execute(update(ModelLetter).where(ModelLetter.locale == "en").values(body="Free sample teacher."))
    assert "Renew the cards: sample letter, English" in editor.read(CASE).text


def test_the_page_of_a_case_takes_as_many_queries_with_many_figures_as_with_few(editor: Desk, staffed: Site) -> None:
    counted: list[str] = []
    event.listen(staffed.storage.engine, "before_cursor_execute", lambda *args: counted.append(args[2]))

    def queries() -> int:
        counted.clear()
        editor.read(CASE)
        return len(counted)

    few = queries()
    with staffed.storage.writing() as session:
        case = session.scalars(select(Case)).one()
        for n in range(20):
            source = Source(case_id=case.id, key=f"s{n}", publisher={"en": f"Press {n}"}, title={})
            more = Figure(case_id=case.id, key="more", value=n, qualifier={}, label={"en": "x"}, quoted=False)
            more.source = source
            session.add_all([source, more])
    assert queries() == few


def test_a_case_is_found_in_the_list_by_its_own_words_and_those_of_its_actions(editor: Desk, staffed: Site) -> None:
    with staffed.storage.writing() as session:
        made.action(session, "open-the-bridge", serial=57).case.subjects[0].name = {"en": "Zarina Example"}
        session.scalars(select(Source).where(Source.case_id == 2)).one().publisher = {"en": "Dawn Review"}
        session.scalars(
            select(ActionText).where(ActionText.action_id == 2, ActionText.locale == "ur")
        ).one().title = "پل کھولو"
    for sought in ("zarina", "dawn", "پُل", "57/25"):
        page = editor.read(f"/organise/cases/?q={sought}")
        assert "/organise/cases/open-the-bridge" in page.links
        assert CASE not in page.links
    assert "No case matches." in editor.read("/organise/cases/?q=nowhere").text


def test_many_cases_are_read_page_by_page(editor: Desk, staffed: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with staffed.storage.writing() as session:
        for n in range(4):
            made.action(session, f"another-{n}", serial=n + 1)
    monkeypatch.setattr(case_list, "PER_PAGE", 2)
    listed = [
        [it for it in editor.read(f"/organise/cases/?q=cards&page={n}").links if it.startswith("/organise/cases/")]
        for n in (1, 2, 3, 9)
    ]
    shown = [{it for it in links if "?" not in it and it.count("-") in (1, 2)} for links in listed]
    assert [len(it) for it in shown] == [2, 2, 1, 1]
    assert len(set.union(*shown)) == 5


def test_a_case_and_its_actions_are_one_click_apart(editor: Desk, staffed: Site) -> None:
    action = "/organise/actions/renew-the-cards"
    assert action in editor.read(CASE).links
    for tab in ("", "/texts/", "/letters/", "/review/"):
        assert CASE in editor.read(action + tab).links

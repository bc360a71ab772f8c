"""Of a document whose parts are out of order, what only its place tells is offered and not taken."""

from __future__ import annotations

from campaign.cases.importing import parse
from tests.cases.importing.disturbing import text_of

IN_ORDER = text_of("now-3-printers.txt")


def out_of_order() -> str:
    """The same bulletin, its paragraphs from the last to the first."""
    return "\n\n".join(reversed(IN_ORDER.split("\n\n")))


def test_of_a_document_in_order_nothing_is_doubtful() -> None:
    bulletin = parse(IN_ORDER)
    assert bulletin.doubts == ()
    assert bulletin.summary
    assert bulletin.letter.paragraphs
    assert bulletin.background


def test_of_a_document_out_of_order_the_story_and_the_letter_are_offered() -> None:
    bulletin = parse(out_of_order())
    assert (bulletin.summary, bulletin.background, bulletin.letter.paragraphs) == (None, (), ())
    offered = {it.value for it in bulletin.doubts}
    whole = parse(IN_ORDER)
    assert offered & set(whole.background)
    assert offered & set(whole.letter.paragraphs)
    assert "summary" in bulletin.missing


def test_what_says_of_itself_what_it_is_is_taken_in_any_order() -> None:
    bulletin, whole = parse(out_of_order()), parse(IN_ORDER)
    assert (bulletin.number, bulletin.index_reference) == (whole.number, whole.index_reference)
    assert bulletin.deadline == whole.deadline
    named = {(it.name, it.office, it.address, it.email) for it in whole.officials}
    assert {(it.name, it.office, it.address, it.email) for it in bulletin.officials} <= named
    assert bulletin.officials

"""Prints: out of the process, once for the same inputs, never after a stop."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from datetime import date

import pytest
from markupsafe import Markup

from campaign.errors import TooMany
from campaign.sandbox import Children, Ended
from campaign.vocabulary import ActionStatus, Paper
from campaign.web.print_room import Overrun, PrintRoom, key_of
from tests.conftest import Site
from tests.web.conftest import SLUG


@dataclass(frozen=True)
class Sheet:
    """Inputs of a print."""

    text: str
    day: date
    lines: tuple[str, ...] = ()


SHEET = Sheet("Dear Minister", date(2026, 1, 2), ("a", "b"))


class Counting:
    """A press that counts its layouts, in this process: what it makes is not what is looked at."""

    def __init__(self) -> None:
        self.made: list[object] = []

    def call(self, _function: object, *inputs: object) -> bytes:
        self.made.append(inputs)
        return repr(inputs).encode()


def printed(sheet: Sheet) -> bytes:
    """Stands for a print."""
    return sheet.text.encode()


@pytest.fixture
def press() -> Counting:
    return Counting()


@pytest.fixture
def room(press: Counting) -> PrintRoom:
    return PrintRoom(press)  # type: ignore[arg-type]


def test_a_print_asked_for_again_costs_no_layout(room: PrintRoom, press: Counting) -> None:
    first = room.kept("x", printed, SHEET)
    assert room.kept("x", printed, Sheet("Dear Minister", date(2026, 1, 2), ("a", "b"))) == first
    assert len(press.made) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(SHEET, text="Dear Sir"),
        replace(SHEET, day=date(2026, 1, 3)),
        replace(SHEET, lines=("a,b",)),
        replace(SHEET, lines=("a", Markup("b"))),
    ],
)
def test_other_inputs_are_another_print(room: PrintRoom, press: Counting, other: Sheet) -> None:
    assert key_of(printed, (SHEET,)) != key_of(printed, (other,))
    room.kept("x", printed, SHEET)
    room.kept("x", printed, other)
    assert len(press.made) == 2
    assert key_of(printed, (SHEET, Paper.A4)) != key_of(printed, (SHEET, Paper.LETTER))


def test_what_one_person_wrote_is_kept_nowhere(room: PrintRoom, press: Counting) -> None:
    room.make(printed, SHEET)
    room.make(printed, SHEET)
    room.kept("x", printed, SHEET)
    assert len(press.made) == 3


def test_a_stop_empties_what_was_kept_of_its_action_and_of_no_other(room: PrintRoom, press: Counting) -> None:
    room.kept("stopped", printed, SHEET)
    room.kept("open", printed, replace(SHEET, text="Other"))
    room.forget("stopped")
    room.kept("open", printed, replace(SHEET, text="Other"))
    assert len(press.made) == 2
    room.kept("stopped", printed, SHEET)
    assert len(press.made) == 3


def test_the_eldest_prints_go_when_there_is_too_much(press: Counting) -> None:
    room = PrintRoom(press, most_bytes=4 * len(repr((SHEET,))) + 40)  # type: ignore[arg-type]
    for n in range(8):
        room.kept("x", printed, replace(SHEET, text=f"Dear Ministe{n}"))
    room.kept("x", printed, replace(SHEET, text="Dear Ministe7"))
    assert len(press.made) == 8
    room.kept("x", printed, replace(SHEET, text="Dear Ministe0"))
    assert len(press.made) == 9


def test_many_who_want_the_same_print_wait_for_one_layout(room: PrintRoom, press: Counting) -> None:
    asking = [threading.Thread(target=lambda: room.kept("x", printed, SHEET)) for _ in range(12)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(press.made) == 1


def test_who_may_not_have_it_laid_out_may_have_what_is_kept(room: PrintRoom, press: Counting) -> None:
    def refuse() -> None:
        raise TooMany("Wait.", retry_after=1)

    with pytest.raises(TooMany):
        room.kept("x", printed, SHEET, before=refuse)
    assert press.made == []
    room.kept("x", printed, SHEET)
    assert room.kept("x", printed, SHEET, before=refuse)


def test_a_print_that_takes_too_long_is_one_sentence_and_503() -> None:
    class Stuck:
        def call(self, *_: object) -> bytes:
            raise Ended("it took too long")

    with pytest.raises(Overrun, match="could not be made in time") as caught:
        PrintRoom(Stuck()).make(printed, SHEET)  # type: ignore[arg-type]
    assert caught.value.status == 503


def test_a_print_is_made_in_another_process() -> None:
    children = Children(1, limits=__import__("campaign.sandbox", fromlist=["READING"]).READING)
    try:
        assert PrintRoom(children).call(os.getpid) != os.getpid()
    finally:
        children.end()


def test_the_letter_of_a_stopped_action_is_handed_out_by_no_one(site: Site, changed: object) -> None:
    path = f"/en/actions/{SLUG}/letter.pdf"
    assert site.client.get(path).status_code == 200
    assert site.door.prints._kept
    changed(status=ActionStatus.STOPPED, stop_reason={"en": "The family asks us to be silent."})  # type: ignore[operator]
    assert site.fresh().client.get(path).status_code == 410
    assert not site.door.prints._kept

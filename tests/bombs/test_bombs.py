"""Each file that is made to take all there is ends in time with one sentence, and takes nothing from who asked."""

from __future__ import annotations

import base64
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from campaign import sandbox
from campaign.appeals.abuse import form_protection
from campaign.appeals.signature_admin.invalidation import Criteria
from campaign.cases.importing import parse, readers
from campaign.delivery import scans, verifying
from campaign.errors import CampaignError, Refused
from campaign.office import logo
from campaign.officials import csv_files
from tests.bombs import made
from tests.conftest import Site
from tests.made import NOON

MB = 1024 * 1024
# What the promise says: ten seconds by the clock and 300 MB in the child. The child's own limit of time is what ends
# it; twice that leaves room for a machine that does other things too.
SECONDS, CHILD, PARENT = 20.0, 300 * MB, 60 * MB


class Watched:
    """The most memory that this process and its children had while a file was read."""

    def __init__(self) -> None:
        self.child = 0
        self._here = psutil.Process()
        self.before = self.parent = self._here.memory_info().rss
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._done.wait(0.01):
            self.parent = max(self.parent, self._here.memory_info().rss)
            for child in self._here.children():
                try:
                    if "campaign.sandbox" not in " ".join(child.cmdline()):  # what another test left running
                        continue
                    memory = child.memory_info()
                    self.child = max(self.child, memory.rss - memory.shared)
                except psutil.Error:
                    continue

    @contextmanager
    def looking(self) -> Iterator[None]:
        self._thread.start()
        began = time.monotonic()
        try:
            yield
        finally:
            self._done.set()
            self._thread.join()
        self.seconds = time.monotonic() - began


def imported(name: str) -> Callable[[bytes], object]:
    return lambda given: parse(readers.read_file(given, name))


BOMBS = {
    "a Word document of paragraphs": (made.docx_of_elements, imported("a.docx")),
    "a Word document of depth": (made.docx_of_depth, imported("a.docx")),
    "a Word document of one table": (made.docx_of_one_table, imported("a.docx")),
    "a Word document of entities": (made.docx_of_entities, imported("a.docx")),
    "a zip of zeros": (made.archive_of_zeros, imported("a.docx")),
    "a zip that lies": (made.archive_that_lies, imported("a.docx")),
    "a PDF of text": (made.pdf_of_text, imported("a.pdf")),
    "a PDF of filters": (made.pdf_of_filters, imported("a.pdf")),
    "a scan of operators": (made.pdf_of_operators, scans.read),
    "a scan of blank pages": (made.pdf_of_blank_pages, scans.read),
    "a scan of filters": (made.pdf_of_filters, scans.read),
    "a picture of 14,000 by 14,000": (lambda: made.png(14_000, 14_000), scans.read),
    "a picture as large as one may be": (lambda: made.png(5_400, 5_400, 6), scans.read),
    "a logo of 14,000 by 14,000": (lambda: made.png(14_000, 14_000), logo.read_given),
    "a list of columns": (made.csv_of_columns, csv_files.unpacked),
    "a list of lines": (made.csv_of_lines, csv_files.unpacked),
    "a volume of text": (made.pdf_of_text, verifying.claims),
    "a volume of filters": (made.pdf_of_filters, verifying.claims),
}
# What can be read within the limits, or tells nothing: no sentence is owed.
HARMLESS = {"a volume of text", "a volume of filters", "a scan of filters", "a picture as large as one may be"}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_one_sentence_and_leaves_us_as_we_were(name: str) -> None:
    make, read = BOMBS[name]
    given = make()
    watched = Watched()
    sentence = None
    with watched.looking():
        try:
            read(given)
        except CampaignError as error:
            assert isinstance(error, Refused)
            sentence = str(error)
    assert watched.child <= CHILD, f"{watched.child // MB} MB in the child"
    assert watched.parent - watched.before <= PARENT, f"{(watched.parent - watched.before) // MB} MB in the parent"
    assert watched.seconds < SECONDS
    if name not in HARMLESS:
        assert sentence is not None
        assert "%(" not in sentence
        assert sentence.endswith(".")


def test_a_child_that_works_for_too_long_is_ended_with_a_sentence() -> None:
    with pytest.raises(Refused, match="more time or memory"):
        sandbox.read(time.sleep, 30, limits=sandbox.Limits(seconds=1.5))


def test_a_child_that_takes_too_much_memory_is_ended_with_a_sentence() -> None:
    with pytest.raises(Refused, match="more time or memory"):
        sandbox.read(bytes, 400 * MB)


def test_a_child_that_answers_too_much_is_ended_with_a_sentence() -> None:
    with pytest.raises(Refused, match="more time or memory"):
        sandbox.read(bytes, 2 * MB, limits=sandbox.Limits(output=MB))


def test_a_child_that_a_library_kills_is_a_sentence_and_not_a_fault_of_ours() -> None:
    with pytest.raises(Refused, match="more time or memory"):
        sandbox.read(os.abort)


def test_a_fault_of_a_library_is_one_sentence_and_the_log_says_where_but_not_what(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(Refused, match="broken and cannot be read"):
        sandbox.read(base64.b64decode, "Marta Lindqvist, 3 Elm Lane!")
    assert "Error at " in caplog.text
    assert "Lindqvist" not in caplog.text


def test_what_a_function_refuses_is_refused_in_its_own_words() -> None:
    with pytest.raises(Refused, match=r"^This file is empty\.$"):
        readers.read_file(b"", "a.txt")


def test_a_child_knows_no_key_and_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", "a-key-that-no-child-needs-to-know-at-all")
    assert sandbox.read(os.getenv, "CAMPAIGN_SECRET_KEY") is None


def test_a_child_has_the_limit_that_it_was_given() -> None:
    assert sandbox.read(resource.getrlimit, resource.RLIMIT_DATA) == [280 * MB, 280 * MB]


def test_children_at_hand_are_used_again_and_a_dead_one_is_replaced() -> None:
    children = sandbox.Children(1, sandbox.Limits())
    try:
        first = children.call(os.getpid)
        assert children.call(os.getpid) == first
        psutil.Process(first).kill()
        psutil.wait_procs([psutil.Process(first)] if psutil.pid_exists(first) else [], timeout=10)
        assert children.call(os.getpid) != first
    finally:
        children.end()


@pytest.mark.parametrize("depth", [1_000, 60_000, 1_000_000])
def test_lists_in_lists_are_refused_wherever_json_is_read(depth: int) -> None:
    deep = made.deep_json(depth)
    with pytest.raises(Refused, match="Start again from the screening page"):
        Criteria.read(deep)
    with pytest.raises(Refused, match="Start again from the screening page"):
        Criteria.read('{"since":' + deep + "}")
    proof = base64.b64encode(deep.encode()).decode()
    assert form_protection.solved("a secret of the test", "renew-the-cards", proof, NOON) is None
    assert form_protection.solved("a secret of the test", "renew-the-cards", proof[:4_096], NOON) is None


@pytest.mark.parametrize("depth", [1_000, 30_000])
@pytest.mark.parametrize("path", ["/en/", "/organise/", "/organise/sign-in", "/organise/account/kept/abc", "/nowhere"])
def test_a_body_of_lists_in_lists_breaks_no_page(site: Site, path: str, depth: int) -> None:
    for method in ("GET", "POST"):
        answer = site.client.open(path, method=method, data="[" * depth, content_type="application/json")
        assert answer.status_code < 500

"""Too much at once, or too slowly: whoever reads and signs notices nothing.

No time is asserted here; `bench/crowding.py` measures what these tests only see happen.
"""

from __future__ import annotations

import multiprocessing
import re
import socket
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import crowd
from tests.faults.served import Served, eventually

pytestmark = pytest.mark.faults

PATH = "/en/actions/renew-the-cards"


def test_two_hundred_slow_connections_keep_nobody_from_reading_and_signing(served: Served) -> None:
    token = served.token()
    slow = crowd.Slow(served.port, PATH)
    with slow.standing(200):
        for n in range(20):
            assert served.ask("GET", "/healthz").status == 200
            assert served.ask("GET", f"{PATH}?official={n}").status == 200
        form = {"name": "Ada Lovelace", "email": "ada@example.org", "country": "GB", "disclosure": "public"}
        assert served.ask("POST", f"{PATH}/sign", {**form, "token": token}).status == 200


def test_a_body_that_comes_in_too_slowly_is_refused_and_its_line_closed(served: Served) -> None:
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=90)) as line:
        line.sendall(f"POST {PATH}/sign HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nname=".encode())
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"This took too long" in answer


def test_a_large_form_from_a_stranger_is_refused_before_it_is_read(served: Served) -> None:
    # One who sends on regardless is told so, or finds the line closed.
    assert {crowd.post_large(served.port) for _ in range(4)} <= {413, 0}
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=60)) as line:
        line.sendall(b"POST /organise/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 12000000\r\n\r\n")
        # Nothing of the body is sent, and the answer is there.
        assert line.recv(64).startswith(b"HTTP/1.1 413 ")


def test_prints_by_the_dozen_keep_nobody_from_reading(served: Served) -> None:
    prints = [f"{PATH}/letter.pdf?paper={paper}" for paper in ("a4", "letter")]
    prints += [f"{PATH}/bulletin.pdf", f"{PATH}/poster.pdf", f"{PATH}/envelope.pdf"]
    statuses: list[int] = []
    asking = [
        threading.Thread(target=lambda path=path: statuses.append(crowd.get(served.port, path)[0]))
        for path in prints * 4
    ]
    for thread in asking:
        thread.start()
    read = 0
    while any(thread.is_alive() for thread in asking):
        assert served.ask("GET", "/healthz").status == 200
        assert served.ask("GET", f"{PATH}?letter=en").status == 200
        read += 1
    assert read > 1
    assert set(statuses) == {200}


def test_no_print_is_laid_out_by_a_process_that_answers_pages(served: Served) -> None:
    assert served.ask("GET", f"{PATH}/letter.pdf").status == 200
    children = eventually(
        lambda: [it for it in served.web()[1] for child in it.children() if "campaign.sandbox" in child.cmdline()],
        "a child made it",
    )
    assert children


def test_who_watches_the_others_holds_nothing_of_theirs_and_web_processes_share_what_they_loaded(
    served: Served,
) -> None:
    assert served.supervisor is not None
    assert served.ask("GET", PATH).status == 200
    assert "site-packages" not in Path(f"/proc/{served.supervisor.pid}/maps").read_text()
    for process in served.web()[1]:
        told = dict(re.findall(r"(\w+): +(\d+) kB", Path(f"/proc/{process.pid}/smaps_rollup").read_text()))
        # Written before they parted, and not copied since: what was loaded. A process alone has none of it.
        shared = int(told["Shared_Dirty"])
        assert shared > 20_000 if multiprocessing.get_start_method() == "fork" else shared >= 0

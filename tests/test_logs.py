"""The log: what it says of a fault and of a job, in which form, and what it never says."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from campaign import logs
from campaign.errors import Incomplete
from campaign.job_runs import Runs, logged
from campaign.settings import Settings
from campaign.storage import Storage


@pytest.fixture
def as_it_was() -> Iterator[None]:
    """The log of the test run itself, put back."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.usefixtures("as_it_was")
def test_a_line_of_json_holds_time_level_and_what_belongs_to_it(
    on_sqlite: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure(replace(on_sqlite, log_level="INFO", log_json=True))
    logging.getLogger("campaign.jobs").info("count: %s in %.2f s", 3, 0.25, extra={"job": "count", "done": "3"})
    line = json.loads(capfd.readouterr().err)
    assert (line["level"], line["logger"], line["message"]) == ("INFO", "campaign.jobs", "count: 3 in 0.25 s")
    assert (line["job"], line["done"]) == ("count", "3")
    assert line["time"]


@pytest.mark.usefixtures("as_it_was")
def test_what_is_below_the_chosen_level_is_not_written(
    on_sqlite: Settings, capfd: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    logs.configure(replace(on_sqlite, log_level="WARNING"))
    logging.getLogger("campaign.jobs").info("nothing to hear")
    logging.getLogger("campaign.jobs").warning("something to hear")
    assert capfd.readouterr().err.endswith("WARNING campaign.jobs: something to hear\n")


def test_a_job_says_what_it_did_how_much_and_how_long_it_took(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    runs = Runs(storage)
    with caplog.at_level(logging.INFO):
        logged("close", lambda: 2, runs)()
        logged("purge", lambda: 0, runs)()
        logged("count", lambda: 0, runs, idle=logging.DEBUG)()
    assert [it.getMessage().split(" in ")[0] for it in caplog.records] == ["close: 2", "purge: 0"]


def test_a_job_that_fails_says_where_and_nothing_that_anyone_wrote(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    runs = Runs(storage)

    def broken() -> int:
        raise ValueError("ada@example.org wrote this")

    with caplog.at_level(logging.INFO):
        logged("post", broken, runs)()
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "ValueError at tests/test_logs.py:" in record.getMessage()
    assert "ada@" not in caplog.text
    assert record.exc_info is None


@pytest.mark.parametrize(("name", "value"), [("CAMPAIGN_LOG_LEVEL", "loud"), ("CAMPAIGN_LOG_FORMAT", "xml")])
def test_a_level_or_form_that_does_not_exist_is_refused(tmp_path: object, name: str, value: str) -> None:
    with pytest.raises(Incomplete, match=name):
        Settings.from_environment({"CAMPAIGN_HOME": str(tmp_path), name: value})

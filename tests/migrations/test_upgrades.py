"""From the first version to this one, with the code of each as it stands in the history of this repository.

The first version's own code sets an installation up and fills it. Later ones bring it on, while a node of the one
before serves: a node that may go on stays ready, one that may not says that it is not ready, and neither answers 500.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest

from campaign import migrations
from campaign.settings import ROOT
from tests.faults.served import CAMPAIGN, eventually
from tests.ports import held

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.databases]

FIRST = "7d072cbb93f65897ee9720e482123d1c975eb3cf"  # 0.1, at revision 0007
SECOND = "e26a71d922e2288df4bb9d10283c18834cf74667"  # 0.2, at revision 0015
VERSIONS = "campaign/migrations/versions"
PAGE = "/en/actions/renew-the-cards"


def of_history(commit: str, folder: Path) -> Path:
    """The code of a commit, in a folder of its own."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip("the history is not here: git fetch --unshallow")
    target = folder / commit[:8]
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(target, filter="data")
    return target


def eldest_that_serves() -> str:
    """The eldest commit at the revision from which on code may serve this schema, and with all those before it."""
    here = sorted(it.name for it in (ROOT / VERSIONS).glob("0*.py"))
    until = [it for it in here if it[:4] <= migrations.SERVES_FROM]
    found = None
    for commit in git("log", "--first-parent", "--format=%H", "--", VERSIONS).split():
        listed = git("ls-tree", "--name-only", commit, f"{VERSIONS}/").split()
        # Revisions are chained anew when branches meet: only with the very same ones before it is it the same schema.
        if sorted(name for it in listed if (name := it.rpartition("/")[2]).startswith("0")) == until:
            found = commit
    if found is None:
        pytest.skip("the history is not here: git fetch --unshallow")
    return found


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False, text=True).stdout


def environment(code: Path, home: Path, database_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAMPAIGN_", "PYTEST_"))}
    told = {
        "PYTHONPATH": str(code),
        "CAMPAIGN_HOME": str(home),
        "CAMPAIGN_DATABASE_URL": database_url,
        "CAMPAIGN_SCREENING": "off",
        "CAMPAIGN_WEB_PROCESSES": "1",
    }
    return {**kept, **told}


def run(code: Path, told: dict[str, str], *words: str) -> str:
    """What `campaign` of that code prints."""
    for _again in range(3):
        done = subprocess.run(
            [CAMPAIGN, *words], cwd=code, env=told, capture_output=True, text=True, timeout=300, check=False
        )
        # A version of before does not try again where a serving node got in the way of its upgrade: who runs it does.
        if done.returncode == 0 or code == ROOT:
            break
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def node(code: Path, told: dict[str, str], log: Path) -> Iterator[int]:
    """A node of that code; its port."""
    with held() as port:
        with log.open("ab") as written:
            started = subprocess.Popen(
                [CAMPAIGN, "serve", "--port", str(port)], cwd=code, env=told, stdin=subprocess.DEVNULL, stdout=written,
                stderr=written, start_new_session=True,
            )  # fmt: skip
        try:
            eventually(lambda: status(port, "/readyz") == 200, f"{code.name} serves: {log}")
            yield port
        finally:
            started.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                started.wait(30)
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def asked(port: int, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        told = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        line.request("POST" if form else "GET", path, urlencode(form) if form else None, told)
        answer = line.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")


def status(port: int, path: str) -> int:
    with suppress(OSError, http.client.HTTPException):
        return asked(port, path)[0]
    return 0


def sign(port: int, email: str) -> int:
    found = re.search(r'name="token"[^>]*value="([^"]+)"', asked(port, PAGE)[1])
    assert found
    form = {"name": "Ada Lovelace", "email": email, "country": "GB", "disclosure": "public", "token": found[1]}
    return asked(port, f"{PAGE}/sign", form)[0]


def test_an_installation_comes_from_the_first_version_to_this_one_while_nodes_serve(
    database_url: str, tmp_path: Path
) -> None:
    first, second = of_history(FIRST, tmp_path), of_history(SECOND, tmp_path)
    home = tmp_path / "home"
    database_url = emptied(database_url, home)
    of_first, of_second, of_this = (environment(code, home, database_url) for code in (first, second, ROOT))

    run(first, of_first, "init", "--demo")
    before = json.loads(run(first, of_first, "show", "renew-the-cards", "--json"))
    with node(first, of_first, tmp_path / "first.log") as port:
        assert sign(port, "first@example.org") == 200
        run(second, of_second, "init")
        # What it needs is not there any more: nobody is sent to it, and whoever watches sees why.
        eventually(lambda: status(port, "/readyz") == 503, "a node that may not serve says so")

    with node(second, of_second, tmp_path / "second.log") as port:
        assert sign(port, "second@example.org") == 200
        run(ROOT, of_this, "init")
        eventually(lambda: status(port, "/readyz") == 503, "a node that may not serve says so")

    assert "✗" not in run(ROOT, of_this, "check")
    after = json.loads(run(ROOT, of_this, "show", "renew-the-cards", "--json"))
    for name in ("slug", "number", "issued_on", "deadline", "country", "place", "time_zone", "status"):
        assert after[name] == before[name]
    with node(ROOT, of_this, tmp_path / "this.log") as port:
        assert asked(port, PAGE)[0] == 200
        assert sign(port, "third@example.org") == 200
    # And the code of before says in one sentence why it does not start.
    refused = subprocess.run(
        [CAMPAIGN, "serve"], cwd=second, env=of_second, capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr


def test_a_node_that_may_go_on_serves_and_takes_signatures_while_the_schema_moves_on(
    database_url: str, tmp_path: Path
) -> None:
    before = of_history(eldest_that_serves(), tmp_path)
    home = tmp_path / "home"
    database_url = emptied(database_url, home)
    of_before, of_this = environment(before, home, database_url), environment(ROOT, home, database_url)
    run(before, of_before, "init", "--demo")
    with node(before, of_before, tmp_path / "before.log") as port:
        assert sign(port, "before@example.org") == 200
        run(ROOT, of_this, "init")
        assert status(port, "/readyz") == 200
        assert sign(port, "meanwhile@example.org") == 200
        with node(ROOT, of_this, tmp_path / "this.log") as own:
            assert sign(own, "after@example.org") == 200
            assert asked(port, PAGE)[0] == asked(own, PAGE)[0] == 200
    assert "✗" not in run(ROOT, of_this, "check")


def emptied(database_url: str, home: Path) -> str:
    """The address of a database with nothing in it."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{home / 'campaign.db'}"
    from sqlalchemy import text

    from campaign.storage.engine import connect

    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return database_url


def test_several_nodes_that_set_up_an_empty_database_at_once_do_it_once(database_url: str, tmp_path: Path) -> None:
    url = emptied(database_url, tmp_path / "node-0")
    told = [environment(ROOT, tmp_path / f"node-{n}", url) for n in range(3)]
    keys = {"CAMPAIGN_SECRET_KEY": "a secret key that is long enough for this", "CAMPAIGN_DATA_KEYS": KEY}
    for each in told:
        Path(each["CAMPAIGN_HOME"]).mkdir(mode=0o700)
    begun = [
        subprocess.Popen([sys.executable, CAMPAIGN, "init"], env={**each, **keys}, stderr=subprocess.PIPE, text=True)
        for each in told
    ]
    for one in begun:
        _, wrong = one.communicate(timeout=300)
        assert (one.returncode, wrong) == (0, "")
    assert "✗" not in run(ROOT, {**told[0], **keys}, "check")


KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

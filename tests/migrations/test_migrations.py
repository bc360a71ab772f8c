"""The schema's history: what models say is what migrations make, up and down, with data in the tables."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from campaign import migrations
from campaign.appeals.counting import tallies
from campaign.appeals.signing.signing import sign
from campaign.errors import Refused
from campaign.settings import Settings
from campaign.storage import Storage, search
from campaign.storage.engine import connect
from campaign.storage.tables import Base
from tests import full_width, made
from tests.faults.served import eventually

pytestmark = pytest.mark.databases


def test_models_and_migrations_say_the_same(database_url: str) -> None:
    engine = connect(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _modelled})
        found = compare_metadata(context, Base.metadata)
        if engine.dialect.name == "sqlite":
            # A foreign key that came with a later column is nameless to the comparison there: compared below instead.
            found = [it for it in found if not str(it[0]).endswith("_fk")]
        assert found == []
    engine.dispose()


def _modelled(name: str | None, kind: str, _within: object) -> bool:
    return kind != "table" or not search.derived(name)


def test_every_foreign_key_of_the_models_stands_in_the_database(on_sqlite: Settings) -> None:
    engine = connect(on_sqlite.database_url)
    with engine.connect() as connection:
        for table in Base.metadata.tables.values():
            rows = connection.execute(text(f"PRAGMA foreign_key_list({table.name})")).mappings().all()
            stored = {(row["from"], row["table"], row["on_delete"]) for row in rows}
            declared = {
                (it.parent.name, it.column.table.name, it.constraint.ondelete)
                for it in table.foreign_keys
                if it.constraint is not None
            }
            assert stored == declared, table.name
    engine.dispose()


def test_every_check_of_the_models_stands_in_the_database(database_url: str) -> None:
    engine = connect(database_url)
    for table in Base.metadata.tables.values():
        declared = {str(it.name) for it in table.constraints if str(it.name).startswith("ck_")}
        stored = {it["name"] for it in inspect(engine).get_check_constraints(table.name)}
        assert declared == stored, table.name
    engine.dispose()


def test_migrations_go_down_to_nothing_and_up_again_with_data_in_the_tables(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
    migrations.downgrade(storage.engine, "base")
    assert set(inspect(storage.engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(storage.engine)
    assert migrations.current(storage.engine) == migrations.head()


def test_migrating_twice_is_migrating_once(database_url: str) -> None:
    engine = connect(database_url)
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()
    engine.dispose()


def test_a_database_that_a_newer_version_has_used_is_refused_in_one_sentence(database_url: str) -> None:
    engine = connect(database_url)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused, match="newer"):
        migrations.upgrade(engine)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": migrations.head()})
    engine.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_machines_that_migrate_at_once_do_it_once(database_url: str) -> None:
    engine = connect(database_url)
    migrations.downgrade(engine, "0015")
    faults: list[Exception] = []

    def migrate() -> None:
        own = connect(database_url)
        try:
            migrations.upgrade(own)
        except Exception as error:
            faults.append(error)
        own.dispose()

    machines = [threading.Thread(target=migrate) for _ in range(3)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join(30)
    assert faults == []
    assert migrations.current(engine) == migrations.head()
    engine.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_migration_that_a_node_which_serves_got_in_the_way_of_is_done_again(database_url: str) -> None:
    engine, serving = connect(database_url), connect(database_url)
    name = engine.url.database
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # The migration looks for a deadlock after two seconds; the node, which closes the circle, never does.
        connection.execute(text(f"ALTER DATABASE {name} SET deadlock_timeout = '2s'"))
    engine.dispose()
    faults: list[Exception] = []

    def migrate() -> None:
        try:
            migrations.upgrade(engine)
        except Exception as error:
            faults.append(error)

    try:
        with serving.connect() as node, node.begin():
            node.execute(text("SET LOCAL deadlock_timeout = '10min'"))
            node.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
            machine = threading.Thread(target=migrate)
            machine.start()
            eventually(lambda: _waits_for("relation", database_url), "the migration waits for the node")
            migrations.alone(node)  # returns as soon as one of the two is undone, and it is not the node
            undone = connect(database_url)
            with undone.connect() as connection:
                assert connection.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = :name"),
                                         {"name": name})  # fmt: skip
            undone.dispose()
        machine.join(60)
        assert not machine.is_alive()
        assert faults == []
        assert migrations.current(engine) == migrations.head()
    finally:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ALTER DATABASE {name} RESET deadlock_timeout"))
        engine.dispose()
        serving.dispose()


def _waits_for(kind: str, database_url: str) -> bool:
    watching = connect(database_url)
    with watching.connect() as connection:
        waiting = connection.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = :kind"),
            {"kind": kind},
        )
    watching.dispose()
    return bool(waiting)


def test_what_was_not_counted_is_counted_after_the_columns_change(storage: Storage) -> None:
    """0016 works out anew what the roll-up looks for."""
    with storage.writing() as session:
        action_id = made.action(session).id
        full_width.sign(session, action_id, 40, made.NOON, made.NOON)
        session.execute(text("UPDATE signatures SET tallied = NOT tallied WHERE id <= 3"))
    migrations.downgrade(storage.engine, "0015")
    migrations.upgrade(storage.engine)
    with storage.writing() as session:
        assert tallies.roll_up(session) == 3
        assert tallies.roll_up(session) == 0
        assert session.scalar(text("SELECT count(*) FROM signatures")) == 40


def test_a_translator_is_let_in_by_0049_and_kept_out_by_what_was_before(storage: Storage) -> None:
    """On SQLite the CHECK is changed in the schema itself: the database must be whole after it, and still refuse."""
    hired = (
        "INSERT INTO organisers (email, name, role, active, fs_uniquifier, created_at, digest) "
        "VALUES (:role || '@office.example', 'Tess', :role, true, :role, '2026-01-01 00:00:00', true)"
    )
    with storage.writing() as session:
        for role in ("translator", "editor"):
            session.execute(text(hired), {"role": role})
    with pytest.raises(IntegrityError), storage.writing() as session:
        session.execute(text(hired), {"role": "emperor"})
    migrations.downgrade(storage.engine, "0041")
    with storage.writing() as session:
        kept = session.execute(text("SELECT role, active FROM organisers WHERE name = 'Tess' ORDER BY role")).all()
    assert [(role, bool(active)) for role, active in kept] == [("editor", True), ("viewer", False)]
    with pytest.raises(IntegrityError), storage.writing() as session:
        session.execute(text(hired), {"role": "translator"})
    migrations.upgrade(storage.engine)
    with storage.writing() as session:
        session.execute(text("UPDATE organisers SET role = 'translator' WHERE role = 'viewer' AND name = 'Tess'"))
        if storage.engine.dialect.name == "sqlite":
            assert session.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_templates_come_with_0050_beside_what_there_is(storage: Storage) -> None:
    kept = (
        "INSERT INTO templates (kind, locale, name, words, saved_at) "
        "VALUES (:kind, 'en', 'Returns', '{}', '2026-01-01 00:00:00')"
    )
    with storage.writing() as session:
        made.action(session)
    migrations.downgrade(storage.engine, "0049")
    assert "templates" not in inspect(storage.engine).get_table_names()
    migrations.upgrade(storage.engine)
    with storage.writing() as session:
        assert session.execute(text("SELECT body FROM model_letters ORDER BY id")).first() == (
            "I write about the cards of ((holders)) people.\n\nPlease renew them.",
        )
        for kind in ("letter", "action", "update"):
            session.execute(text(kept), {"kind": kind})
    for kind in ("letter", "poem"):  # once of a name; no other kind
        with pytest.raises(IntegrityError), storage.writing() as session:
            session.execute(text(kept), {"kind": kind})


def test_a_migration_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    try:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(text("CREATE TABLE half (id INTEGER)"))
            raise RuntimeError("the power went")
    except RuntimeError:
        pass
    assert inspect(engine).get_table_names() == []
    engine.dispose()

"""One database of a real PostgreSQL for many tests: emptied between them, which is far cheaper than made anew."""

from __future__ import annotations

from sqlalchemy import URL, Engine, make_url, text

from campaign import migrations
from campaign.storage.engine import connect

NAME = "campaign_recycled"

# What the schema is made of, by number: whatever a test made, dropped or altered shows here.
SHAPE = """
SELECT c.oid, c.relname, max(a.attnum), count(a.attnum) FILTER (WHERE a.attisdropped)
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace GROUP BY c.oid, c.relname ORDER BY c.oid
"""
# Rows that migrations themselves write are kept aside and come back.
KEEP = """
DO $$ DECLARE t record; filled boolean; BEGIN
  CREATE SCHEMA kept;
  FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t.relname) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', t.relname, t.relname); END IF;
  END LOOP;
END $$
"""
EMPTY = """
DO $$ DECLARE t record; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;  -- order does not matter, foreign keys are not asked
  FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t.relname) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM public.%I', t.relname); END IF;
  END LOOP;
  FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'kept'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('INSERT INTO public.%I TABLE kept.%I', t.relname, t.relname);
  END LOOP;
  FOR t IN SELECT sequencename, start_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
  LOOP PERFORM setval(format('public.%I', t.sequencename)::regclass, t.start_value, false); END LOOP;
END $$
"""
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"


class Recycled:
    """A migrated database on the server at `base`, which is the address of that server's own database."""

    def __init__(self, base: str) -> None:
        self._server = connect(base).execution_options(isolation_level="AUTOCOMMIT")
        self._url = make_url(base).set(database=NAME)
        self._shape: list[tuple[object, ...]] = []
        self._own: Engine | None = None

    def fresh(self) -> str:
        """Its address, once it is as migrations leave it; whoever still talked to it is cut off."""
        if self._own is None or not self._emptied(self._own):
            self._make()
        return _spelled(self._url)

    def dispose(self) -> None:
        self._server.dispose()
        if self._own is not None:
            self._own.dispose()

    def _emptied(self, own: Engine) -> bool:
        with own.connect() as connection:
            connection.execute(text(OTHERS), {"name": NAME})
            if self._read_shape(own) != self._shape:
                return False
            connection.execute(text(EMPTY))
        return True

    def _make(self) -> None:
        if self._own is not None:
            self._own.dispose()
        with self._server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {NAME}"))
        engine = connect(_spelled(self._url))
        migrations.upgrade(engine)
        engine.dispose()
        self._own = connect(_spelled(self._url)).execution_options(isolation_level="AUTOCOMMIT")
        with self._own.connect() as connection:
            connection.execute(text(KEEP))
        self._shape = self._read_shape(self._own)

    def _read_shape(self, own: Engine) -> list[tuple[object, ...]]:
        with own.connect() as connection:
            return [tuple(row) for row in connection.execute(text(SHAPE))]


def _spelled(url: URL) -> str:
    return url.render_as_string(hide_password=False)

"""organisers find actions, cases, officials, sources and deliveries by their words, in an index that is always current

Revision ID: 0026
Revises: 0025
"""

from alembic import op


revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# {table: ((kind of entry, the ids of the entries that a row is part of), …)}; ROW is the row that was written.
OF_ACTION = "SELECT d.id FROM deliveries d JOIN dossiers o ON o.id = d.dossier_id WHERE o.action_id = "
OF_OFFICIAL = "SELECT d.id FROM deliveries d JOIN dossiers o ON o.id = d.dossier_id WHERE o.official_id = "
PARTS = {
    "actions": (("action", "SELECT ROW.id"), ("delivery", OF_ACTION + "ROW.id")),
    "action_texts": (("action", "SELECT ROW.action_id"), ("delivery", OF_ACTION + "ROW.action_id")),
    "cases": (("case", "SELECT ROW.id"), ("action", "SELECT a.id FROM actions a WHERE a.case_id = ROW.id")),
    "subjects": (("case", "SELECT ROW.case_id"),),
    "events": (("case", "SELECT ROW.case_id"),),
    "figures": (("case", "SELECT ROW.case_id"),),
    "sources": (("source", "SELECT ROW.id"),),
    "officials": (("official", "SELECT ROW.id"), ("delivery", OF_OFFICIAL + "ROW.id")),
    "deliveries": (("delivery", "SELECT ROW.id"),),
}
WHOLE = {"action": "actions", "case": "cases", "official": "officials", "source": "sources", "delivery": "deliveries"}
EVENTS = ("INSERT", "UPDATE", "DELETE")


def _due(table: str, row: str) -> str:
    return " ".join(
        f"DELETE FROM search_entries WHERE kind = '{kind}' AND object_id IN ({which}); "
        f"INSERT INTO search_stale (kind, object_id) SELECT '{kind}', it.* FROM ({which}) AS it;"
        for kind, ids in PARTS[table]
        for which in (ids.replace("ROW", row),)
    )


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()
    # Made by whoever migrates, as soon as the schema is the newest.
    for kind, table in WHOLE.items():
        op.execute(f"INSERT INTO search_stale (kind, object_id) SELECT '{kind}', id FROM {table}")


def _on_sqlite() -> None:
    op.execute(
        "CREATE TABLE search_entries (id INTEGER PRIMARY KEY, kind VARCHAR(16) NOT NULL, object_id INTEGER NOT NULL, "
        "action_id INTEGER, case_id INTEGER, digest VARCHAR(32) NOT NULL, UNIQUE (kind, object_id))"
    )
    op.execute("CREATE TABLE search_stale (kind VARCHAR(16) NOT NULL, object_id INTEGER NOT NULL)")
    # Words come folded, with a space between: all else is part of a word.
    op.execute(
        "CREATE VIRTUAL TABLE search_fts USING fts5 "
        "(kind, title, words, tokenize = 'ascii', detail = 'column', columnsize = 0, prefix = '2 3')"
    )
    op.execute(
        "CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries "
        "BEGIN DELETE FROM search_fts WHERE rowid = OLD.id; END"
    )
    for table in PARTS:
        for event in EVENTS:
            row = "OLD" if event == "DELETE" else "NEW"
            op.execute(
                f"CREATE TRIGGER search_{table}_{event.lower()} AFTER {event} ON {table} BEGIN {_due(table, row)} END"
            )


def _on_postgresql() -> None:
    op.execute(
        "CREATE TABLE search_entries (id BIGSERIAL PRIMARY KEY, kind VARCHAR(16) NOT NULL, object_id BIGINT NOT NULL, "
        "action_id INTEGER, case_id INTEGER, digest VARCHAR(32) NOT NULL, title TSVECTOR NOT NULL, "
        "words TSVECTOR NOT NULL, UNIQUE (kind, object_id))"
    )
    op.execute("CREATE TABLE search_stale (kind VARCHAR(16) NOT NULL, object_id BIGINT NOT NULL)")
    op.execute("CREATE INDEX search_entries_words ON search_entries USING gin (words) WITH (fastupdate = off)")
    for table in PARTS:
        op.execute(
            f"CREATE FUNCTION search_{table}_due() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE it_is {table}; BEGIN "
            f"IF TG_OP = 'DELETE' THEN it_is := OLD; ELSE it_is := NEW; END IF; {_due(table, 'it_is')} "
            "RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER search_due AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION search_{table}_due()"
        )


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in PARTS:
        if on_sqlite:
            for event in EVENTS:
                op.execute(f"DROP TRIGGER search_{table}_{event.lower()}")
        else:
            op.execute(f"DROP TRIGGER search_due ON {table}")
            op.execute(f"DROP FUNCTION search_{table}_due()")
    if on_sqlite:
        op.execute("DROP TABLE search_fts")
    op.execute("DROP TABLE search_stale")
    op.execute("DROP TABLE search_entries")

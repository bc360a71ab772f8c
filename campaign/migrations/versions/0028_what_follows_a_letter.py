"""who has us send a letter can have a copy of it, and be asked once whether there was an answer

Revision ID: 0028
Revises: 0026
"""

import re
from collections.abc import Callable

from alembic import op
import sqlalchemy as sa


revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


KINDS = ("letter_copy", "letter_answered")
INCOMING = ("handed_in",)
ANSWERS = "answer IN ('answered', 'silent', 'unknown')"

Change = Callable[[str], str]


def upgrade() -> None:
    op.execute("ALTER TABLE letters ADD COLUMN ask_answer BOOLEAN NOT NULL DEFAULT false")
    op.execute(f"ALTER TABLE letters ADD COLUMN answer VARCHAR(32) CONSTRAINT ck_letters_answer_known CHECK ({ANSWERS})")
    _change("messages", kind_known=_words(add=KINDS), of_which_letter=_words(add=KINDS))
    _change("incoming_mails", kind_known=_words(add=INCOMING))


def downgrade() -> None:
    # What the older schema cannot say.
    op.execute("DELETE FROM messages WHERE kind IN ('letter_copy', 'letter_answered')")
    op.execute("DELETE FROM incoming_mails WHERE kind = 'handed_in'")
    _change("messages", kind_known=_words(drop=KINDS), of_which_letter=_words(drop=KINDS))
    _change("incoming_mails", kind_known=_words(drop=INCOMING))
    op.drop_column("letters", "answer")
    op.drop_column("letters", "ask_answer")


def _words(add: tuple[str, ...] = (), drop: tuple[str, ...] = ()) -> Change:
    """Change the words of a rule "kind IN (…)", whatever was added to them since; what stands behind it stays."""

    def changed(rule: str) -> str:
        words = [it for it in dict.fromkeys([*re.findall(r"'(\w+)'", rule), *add]) if it not in drop]
        said = "kind IN (" + ", ".join(f"'{it}'" for it in words) + ")"
        return f"({said}) = (letter_id IS NOT NULL)" if "letter_id" in rule else said

    return changed


def _change(table: str, **rules: Change) -> None:
    """Change checks of a table that nothing points at."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        asked = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
        for name, change in rules.items():
            rule = change(bind.execute(asked, {"name": f"ck_{table}_{name}"}).scalar_one())
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
        return
    made = bind.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar_one()
    again = list(
        bind.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"),
            {"name": table},
        ).scalars()
    )
    for name, change in rules.items():
        made = _check(made, f"ck_{table}_{name}", change)
    op.execute(re.sub(rf"^CREATE TABLE \"?{table}\"?", f"CREATE TABLE _{table}", made))
    op.execute(f"INSERT INTO _{table} SELECT * FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE _{table} RENAME TO {table}")
    for index in again:
        op.execute(index)


def _check(made: str, name: str, change: Change) -> str:
    """A CREATE TABLE with one of its checks changed."""
    found = re.search(rf"CONSTRAINT \"?{name}\"? CHECK \(", made)
    if found is None:
        raise AssertionError(name)
    depth, end = 1, found.end()
    while depth:
        depth += {"(": 1, ")": -1}.get(made[end], 0)
        end += 1
    return made[: found.end()] + change(made[found.end() : end - 1]) + made[end - 1 :]

"""who began a letter can be reminded of it once, before the deadline

Revision ID: 0035
Revises: 0034
"""

import re
from collections.abc import Callable

from alembic import op
import sqlalchemy as sa


revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KIND = "letter_reminder"
RULE = "ck_messages_kind_known"


def upgrade() -> None:
    op.create_table(
        "letter_reminders",
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_letter_reminders_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_letter_reminders")),
    )
    op.create_index("ix_letter_reminders_due_at", "letter_reminders", ["due_at"])
    _kinds(lambda kinds: [*kinds, KIND])


def downgrade() -> None:
    # What the older schema cannot say.
    op.execute(f"DELETE FROM messages WHERE kind = '{KIND}'")
    _kinds(lambda kinds: [it for it in kinds if it != KIND])
    op.drop_table("letter_reminders")


def _kinds(change: Callable[[list[str]], list[str]]) -> None:
    """Change the kinds of message that there may be, whatever was added to them since. Nothing points at messages."""
    bind = op.get_bind()

    def said(rule: str) -> str:
        return "kind IN (" + ", ".join(f"'{it}'" for it in change(list(dict.fromkeys(re.findall(r"'(\w+)'", rule))))) + ")"

    if bind.dialect.name != "sqlite":
        asked = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
        rule = said(bind.execute(asked, {"name": RULE}).scalar_one())
        op.drop_constraint(op.f(RULE), "messages", type_="check")
        op.create_check_constraint(op.f(RULE), "messages", rule)
        return
    made = bind.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'messages'")).scalar_one()
    indexes = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'messages' AND sql IS NOT NULL")
    again = list(bind.execute(indexes).scalars())
    made = re.sub(rf"(CONSTRAINT \"?{RULE}\"? CHECK \()([^()]*\([^()]*\))", lambda it: it[1] + said(it[2]), made)
    op.execute(re.sub(r"^CREATE TABLE \"?messages\"?", "CREATE TABLE _messages", made))
    op.execute("INSERT INTO _messages SELECT * FROM messages")
    op.execute("DROP TABLE messages")
    op.execute("ALTER TABLE _messages RENAME TO messages")
    for index in again:
        op.execute(index)

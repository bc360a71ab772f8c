"""people can join the network by e-mail and are told of new urgent actions; those open today are told to nobody anew

Revision ID: 0021
Revises: 0020
"""

import re
from collections.abc import Callable

from alembic import op
import sqlalchemy as sa


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


KINDS = ("network_confirm", "network_action", "network_weekly")
BEFORE = "(signature_id IS NULL) <> (organiser_id IS NULL)"
TO_ONE = (
    "((signature_id IS NULL) <> (organiser_id IS NULL) AND member_id IS NULL)"
    " OR (signature_id IS NULL AND organiser_id IS NULL AND member_id IS NOT NULL)"
)
ROUND = "(kind IN ('network_action', 'network_weekly')) = (round_id IS NOT NULL)"
MEMBERS = "(kind IN ('network_confirm', 'network_action', 'network_weekly')) = (member_id IS NOT NULL)"


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "network_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_consents")),
        sa.UniqueConstraint("locale", "version", name=op.f("uq_network_consents_locale_version")),
    )
    op.create_table(
        "network_members",
        sa.Column("id", big, nullable=False),
        sa.Column("reference", sa.LargeBinary(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("themes", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.String(length=32), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("confirmed_at", instant, nullable=True),
        sa.CheckConstraint("status IN ('pending', 'confirmed')", name=op.f("ck_network_members_status_known")),
        sa.CheckConstraint("rhythm IN ('each', 'weekly', 'urgent')", name=op.f("ck_network_members_rhythm_known")),
        sa.CheckConstraint(
            "(status = 'confirmed') = (confirmed_at IS NOT NULL)",
            name=op.f("ck_network_members_confirmed_at_some_time"),
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["network_consents.id"], name=op.f("fk_network_members_consent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_members")),
        sa.UniqueConstraint("reference", name=op.f("uq_network_members_reference")),
        sa.UniqueConstraint("email_hash", name=op.f("uq_network_members_email_hash")),
    )
    op.create_index("ix_network_members_expiry", "network_members", ["status", "expires_at"])
    op.create_table(
        "network_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("week", sa.String(length=8), nullable=True),
        sa.Column("since", instant, nullable=True),
        sa.Column("reached", big, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.CheckConstraint(
            "(action_id IS NULL) = (week IS NOT NULL)", name=op.f("ck_network_rounds_of_an_action_or_a_week")
        ),
        sa.CheckConstraint("(week IS NULL) = (since IS NULL)", name=op.f("ck_network_rounds_a_week_has_a_beginning")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_network_rounds_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_rounds")),
        sa.UniqueConstraint("action_id", name=op.f("uq_network_rounds_action_id")),
        sa.UniqueConstraint("week", name=op.f("uq_network_rounds_week")),
    )
    # What was opened before there was a network is news to nobody.
    op.execute(
        "INSERT INTO network_rounds (action_id, reached, created_at, ended_at)"
        " SELECT id, 0, opened_at, opened_at FROM actions WHERE opened_at IS NOT NULL"
    )
    integer = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE messages ADD COLUMN member_id {integer}"
        " CONSTRAINT fk_messages_member_id REFERENCES network_members (id) ON DELETE CASCADE"
    )
    op.execute(
        "ALTER TABLE messages ADD COLUMN round_id INTEGER"
        " CONSTRAINT fk_messages_round_id REFERENCES network_rounds (id) ON DELETE CASCADE"
    )
    _change(add=KINDS, whom=TO_ONE, more=(("round_of_which", ROUND), ("to_a_member", MEMBERS)))
    for column in ("member_id", "round_id"):
        held = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_messages_{column}", "messages", [column], sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    # What the older schema cannot say.
    op.execute("DELETE FROM messages WHERE kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")")
    for column in ("member_id", "round_id"):
        op.drop_index(f"ix_messages_{column}", "messages")
    _change(drop=KINDS, whom=BEFORE, less=("round_of_which", "to_a_member"))
    op.drop_column("messages", "round_id")
    op.drop_column("messages", "member_id")
    op.drop_table("network_rounds")
    op.drop_index("ix_network_members_expiry", "network_members")
    op.drop_table("network_members")
    op.drop_table("network_consents")


def _change(
    add: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
    whom: str = BEFORE,
    more: tuple[tuple[str, str], ...] = (),
    less: tuple[str, ...] = (),
) -> None:
    """Change the constraints of the outbox, whatever else was added to it since it was made; nothing points at it."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        asked = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_messages_kind_known'"
        words = _words(bind.execute(sa.text(asked)).scalar_one(), add, drop)
        for name in ("kind_known", "to_one_person", *less):
            op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
        op.create_check_constraint(op.f("ck_messages_kind_known"), "messages", f"kind IN ({words})")
        op.create_check_constraint(op.f("ck_messages_to_one_person"), "messages", whom)
        for name, rule in more:
            op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", rule)
        return
    made = bind.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'messages'")).scalar_one()
    again = list(
        bind.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'messages' AND sql IS NOT NULL")
        ).scalars()
    )
    made = _check(made, "kind_known", lambda rule: f"kind IN ({_words(rule, add, drop)})")
    made = _check(made, "to_one_person", lambda _rule: whom)
    for name in less:
        made = _check(made, name, None)
    for name, rule in more:
        made = made.rstrip()[:-1].rstrip() + f",\n\tCONSTRAINT ck_messages_{name} CHECK ({rule})\n)"
    made = re.sub(r"^CREATE TABLE \"?messages\"?", "CREATE TABLE _messages", made)
    op.execute(made)
    op.execute("INSERT INTO _messages SELECT * FROM messages")
    op.execute("DROP TABLE messages")
    op.execute("ALTER TABLE _messages RENAME TO messages")
    for index in again:
        op.execute(index)


def _words(rule: str, add: tuple[str, ...], drop: tuple[str, ...]) -> str:
    words = [it for it in dict.fromkeys([*re.findall(r"'(\w+)'", rule), *add]) if it not in drop]
    return ", ".join(f"'{it}'" for it in words)


def _check(made: str, name: str, change: Callable[[str], str] | None) -> str:
    """A CREATE TABLE with one of its checks changed, or without it."""
    found = re.search(rf",?\s*CONSTRAINT \"?ck_messages_{name}\"? CHECK \(", made)
    if found is None:
        raise AssertionError(name)
    depth, end = 1, found.end()
    while depth:
        depth += {"(": 1, ")": -1}.get(made[end], 0)
        end += 1
    if change is None:
        return made[: found.start()] + made[end:]
    return made[: found.end()] + change(made[found.end() : end - 1]) + made[end - 1 :]

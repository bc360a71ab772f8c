"""The organisation that runs this installation: one row, edited by staff, shown on pages and in prints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import At, Base, Key, LocalWords, TextLines
from campaign.storage.types import Instant, Lines, Words


class Organisation(Base):
    """Who asks, and what it promises about data. `retention_days` count from the end of an action."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_stated"),
        CheckConstraint("household_seats IN (1, 2)", name="seats_one_or_two"),
        CheckConstraint("stale_days BETWEEN 1 AND 3650", name="stale_some_day"),
        CheckConstraint("letters_hourly BETWEEN 1 AND 1000", name="letters_an_hour"),
        CheckConstraint("letters_daily BETWEEN 1 AND 10000", name="letters_a_day"),
        CheckConstraint("office_opens BETWEEN 0 AND 23", name="opens_some_hour"),
        CheckConstraint(
            "office_closes BETWEEN 1 AND 24 AND office_opens < office_closes", name="closes_after_it_opens"
        ),
        CheckConstraint("volume_days BETWEEN 1 AND 3650", name="volumes_end"),
        CheckConstraint("least_country BETWEEN 1 AND 1000", name="some_least_number"),
        CheckConstraint("name_hold_minutes BETWEEN 0 AND 1440", name="names_held_a_day_at_most"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="an_hour_of_the_day"),
    )

    id: Mapped[Key]
    name: Mapped[LocalWords]
    contact_email: Mapped[str]
    sender_email: Mapped[str]
    postal_address: Mapped[TextLines]
    retention_days: Mapped[int]
    time_zone: Mapped[str]
    logo: Mapped[str | None]  # its name in the store
    # In which languages new actions are asked to speak, besides their original.
    languages: Mapped[list[str]] = mapped_column(Lines, default=list, server_default="[]")
    household_seats: Mapped[int] = mapped_column(default=1, server_default="1")
    review_required: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Whether a goal that is reached moves on to the next step by itself.
    goal_moves: Mapped[bool] = mapped_column(default=True, server_default=true())
    stale_days: Mapped[int] = mapped_column(default=90, server_default="90")
    # {country: days a letter takes}, over the defaults.
    posting_days: Mapped[dict[str, str]] = mapped_column(Words, default=dict, server_default="{}")
    # How many letters one official gets from here at most, and between which hours of their day.
    letters_hourly: Mapped[int] = mapped_column(default=20, server_default="20")
    letters_daily: Mapped[int] = mapped_column(default=100, server_default="100")
    office_opens: Mapped[int] = mapped_column(default=9, server_default="9")
    office_closes: Mapped[int] = mapped_column(default=17, server_default="17")
    # Since when no letter is sent, because servers refuse us: until an admin has looked at it.
    letters_held_at: Mapped[datetime | None] = mapped_column(Instant)
    # Whether a public name waits until an organiser has read it, besides the minutes that every name waits.
    names_read_first: Mapped[bool] = mapped_column(default=False, server_default=false())
    name_hold_minutes: Mapped[int] = mapped_column(default=1, server_default="1")
    digest_hour: Mapped[int] = mapped_column(default=7, server_default="7")
    # How long printed volumes are kept, from the end of their action. From how many signatures on a country is named.
    volume_days: Mapped[int] = mapped_column(default=90, server_default="90")
    least_country: Mapped[int] = mapped_column(default=5, server_default="5")
    leave_url: Mapped[str] = mapped_column(
        default="https://{locale}.wikipedia.org/", server_default="https://{locale}.wikipedia.org/"
    )


class JobRun(Base):
    """A job, when it last came to its end on any machine, and how often it has failed: written once a minute."""

    __tablename__ = "job_runs"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    ended_at: Mapped[At]
    seconds: Mapped[float]
    failures: Mapped[int]


class SchemaState(Base):
    """One row: the eldest revision whose code goes on working with this schema, said by the version that made it."""

    __tablename__ = "schema_state"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[Key]
    serves_from: Mapped[str] = mapped_column(String(32))

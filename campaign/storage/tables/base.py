"""What every table shares: names of constraints, and column shorthands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlalchemy import BigInteger, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from campaign.storage.types import Instant, Lines, Words

# Named constraints, so that a migration can drop what another made, on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite gives row ids only to INTEGER; PostgreSQL needs 64 bits for tables that grow with the world.
BIG = BigInteger().with_variant(Integer, "sqlite")

Key = Annotated[int, mapped_column(primary_key=True)]
BigKey = Annotated[int, mapped_column(BIG, primary_key=True)]
At = Annotated[datetime, mapped_column(Instant)]
LocalWords = Annotated[dict[str, str], mapped_column(Words)]
TextLines = Annotated[list[str], mapped_column(Lines)]
LongText = Annotated[str, mapped_column(Text)]


class Base(DeclarativeBase):
    """All tables of the product."""

    metadata = MetaData(naming_convention=NAMES)

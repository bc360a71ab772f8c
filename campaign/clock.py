"""The time, in one place: what o'clock it is, and when a day ends where it matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

# A signature given in time may still be confirmed for this long after the deadline: mail is slow.
CONFIRMATION_GRACE = timedelta(hours=24)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def instant(there: datetime, zone: str) -> datetime | None:
    """The instant, in UTC, at which clocks in an IANA zone show this day and time (naive).

    None if they go forward then and never show it; the first of two if they go back and show it twice.
    """
    at = there.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return at if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == there else None


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of an instant in an IANA time zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """The first instant after `day` in `zone`, in UTC: "until 15 September" takes the whole of the 15th."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)


def last_day(ended_at: datetime, zone: str) -> date:
    """The day on which something ended: an end is the first instant after its last day."""
    return local_day(ended_at - timedelta(microseconds=1), zone)


def signing_open(at: datetime, deadline: date, zone: str) -> bool:
    """Whether a signature may be given: until the deadline's last instant in the case's zone."""
    return at < end_of(deadline, zone)


def confirming_open(at: datetime, deadline: date, zone: str) -> bool:
    """Whether a signature given in time may still be confirmed."""
    return at < end_of(deadline, zone) + CONFIRMATION_GRACE


def days_left(at: datetime, deadline: date, zone: str) -> int:
    """Whole calendar days from today, in the case's zone, to the deadline; 0 on the day itself, negative after."""
    return (deadline - local_day(at, zone)).days


def capital_zone(country: str | None) -> str:
    """The IANA zone of a country's capital (ISO 3166 alpha-2), for deadlines and office hours alike; UTC where none is
    known."""
    zones = zones_of(country)
    return zones[0] if zones else "UTC"


def zones_of(country: str | None) -> tuple[str, ...]:
    """The IANA zones of a country, its capital's first; empty where it has none."""
    known = _zones().get(country or "", ())
    capital = _CAPITALS.get(country or "")
    return (capital, *(zone for zone in known if zone != capital)) if capital else known


# Where the database of time zones lists another place before the capital, or no place at all.
_CAPITALS = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "FM": "Pacific/Pohnpei",
    "PS": "Asia/Hebron",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    by_country: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _coordinates, zone, *_comment = line.split("\t")
            by_country[country] = (*by_country.get(country, ()), zone)
    return by_country

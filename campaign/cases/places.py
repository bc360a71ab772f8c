"""Countries, their time zones, and languages, by the English names that bulletins use."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale

from campaign import clock
from campaign.language import ORIGINAL, countries

# What CLDR calls "unknown region": a draft imported from a bulletin that names no country.
NO_COUNTRY = "ZZ"

# What bulletins call countries where CLDR says something else.
_ALSO = {
    "burma": "MM",
    "myanmar": "MM",
    "turkey": "TR",
    "usa": "US",
    "united states of america": "US",
    "uk": "GB",
    "russian federation": "RU",
    "viet nam": "VN",
    "syria": "SY",
    "iran": "IR",
    "democratic republic of the congo": "CD",
    "drc": "CD",
    "republic of korea": "KR",
    "democratic people's republic of korea": "KP",
    "côte d'ivoire": "CI",
    "ivory coast": "CI",
    "palestine": "PS",
    "israel/opt": "IL",
    "eswatini": "SZ",
    "swaziland": "SZ",
    "lao pdr": "LA",
    "czech republic": "CZ",
    "macedonia": "MK",
    "east timor": "TL",
    "cape verde": "CV",
    "hong kong": "HK",
    "macao": "MO",
    "china": "CN",
    "republic of the congo": "CG",
    "israel and the occupied palestinian territories": "IL",
}


def country_code(name: str) -> str | None:
    """ISO 3166 alpha-2 of an English country name; None if it is not one."""
    wanted = " ".join(name.casefold().split())
    return _ALSO.get(wanted) or _codes().get(_plain(wanted))


def language_tag(name: str) -> str | None:
    """The tag of a language by its English name: "Urdu" is `ur`."""
    return _tags().get(" ".join(name.casefold().split()))


def time_zone(country: str) -> tuple[str, str]:
    """(IANA zone of the capital, what people call it) of a country; ("UTC", "") where it has none."""
    zone = clock.capital_zone(country)
    return (zone, _CAPITALS.get(country) or city_of(zone)) if clock.zones_of(country) else ("UTC", "")


def city_of(zone: str) -> str:
    """What people call a zone: its city."""
    return "" if zone == "UTC" else zone.rpartition("/")[2].replace("_", " ")


# Where the capital's zone is named after another city.
_CAPITALS = {
    "AU": "Canberra",
    "BR": "Brasília",
    "CA": "Ottawa",
    "XK": "Pristina",
}


@cache
def _codes() -> dict[str, str]:
    return {_plain(name.casefold()): code for code, name in countries(ORIGINAL)}


def _plain(name: str) -> str:
    """CLDR writes "St. Lucia" and "Bosnia & Herzegovina", bulletins do not."""
    letters = unicodedata.normalize("NFKD", name.replace("&", "and").replace("st. ", "saint "))
    return "".join(it for it in letters if not unicodedata.combining(it)).replace("’", "'")


@cache
def _tags() -> dict[str, str]:
    return {str(name).casefold(): str(tag) for tag, name in Locale.parse(ORIGINAL).languages.items()}

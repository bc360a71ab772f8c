"""How many days a letter from abroad takes, by the country it goes to.

No post office promises these: they are working figures, on the generous side, for ordinary airmail from another
continent, so that "post by" is a day that can be relied on. An installation knows its own routes better:
`CAMPAIGN_POSTING_DAYS` says otherwise for any country, and so does the settings page, which goes before it.
"""

from __future__ import annotations

from collections.abc import Mapping

# Where nothing better is known.
ELSEWHERE = 21

_REGIONS: tuple[tuple[int, str], ...] = (
    # Western, northern and central Europe
    (8, "AD AT BE CH CZ DE DK EE ES FI FO FR GB GG GI IE IM IS IT JE LI LT LU LV MC MT NL NO PL PT SE SI SK SM VA"),
    # South-eastern Europe, the Caucasus, Türkiye
    (12, "AL AM AX AZ BA BG CY GE GR HR HU MD ME MK RO RS TR XK"),
    # North America
    (10, "BM CA PM US"),
    # East Asia, Australia, New Zealand
    (12, "AU CN HK JP KR MO NZ SG TW"),
    # South and South-East Asia
    (15, "BD BN BT ID IN KH LA LK MM MN MV MY NP PH PK TH TL VN"),
    # The Gulf, the Levant, North Africa
    (14, "AE BH DZ EG IL JO KW LB LY MA OM PS QA SA TN"),
    # Latin America and the Caribbean
    (
        18,
        "AG AI AR AW BB BO BQ BR BS BZ CL CO CR CU CW DM DO EC FK GD GF GP GT GY HN JM KN KY LC MQ MS MX NI PA PE PR "
        "PY SR SV SX TC TT UY VC VG VI",
    ),
    # Eastern Europe and Central Asia, where flights are few
    (21, "BY IR KG KZ RU TJ TM UA UZ"),
    # Where post is often held up, or goes round by a neighbour
    (30, "AF ER HT IQ KP SD SO SS SY VE YE"),
)
DAYS: Mapping[str, int] = {country: days for days, countries in _REGIONS for country in countries.split()}


def own_days(settings: Mapping[str, int], office: Mapping[str, int | str]) -> dict[str, int]:
    """What an installation knows better than the working figures: the office's page goes before the environment."""
    return {**settings, **{country: int(days) for country, days in office.items()}}


def posting_days(country: str | None, settings: Mapping[str, int]) -> int:
    """Days from a letter box abroad to an office in `country` (ISO 3166 alpha-2); `settings` (see `own_days`) go
    first."""
    if country is None:
        return ELSEWHERE
    return settings.get(country, DAYS.get(country, ELSEWHERE))

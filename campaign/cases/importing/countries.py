"""Which country a bulletin is about: printed, told by an index, or read from where its officials are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from campaign.cases.importing.bulletin import Official, Previous
from campaign.cases.importing.heading import Heading
from campaign.cases.importing.places import (
    MISSION,
    countries_within,
    country_of_address,
    country_of_index,
    country_of_mission,
)
from campaign.vocabulary import RecipientRole

_SAME = {"Congo": "Democratic Republic of the Congo", "Korea": "South Korea"}


def country_of(
    heading: Heading, officials: tuple[Official, ...], previous: Previous, story: Iterable[str]
) -> str | None:
    """The country: printed in the head, else told by an index reference, else where the officials are.

    A mission speaks for its country and says nothing of its seat. Of two that have as much for them, none is taken.
    """
    told = heading.country or country_of_index(heading.index_reference) or country_of_index(previous.index_reference)
    if told:
        return told
    votes: Counter[str] = Counter()
    for official in officials:
        lines = [text for text in (official.name, official.office, *official.address) if text]
        mission = next((text for text in lines if MISSION.search(text)), None)
        if mission is not None:
            if named := country_of_mission(mission):
                votes[named] += 3
        elif official.role is RecipientRole.TO and lines and (named := country_of_address(lines[-1])):
            votes[named] += 3
    mentioned = [place for text in story for place in countries_within(text)]
    for place in dict.fromkeys(mentioned):
        votes[place] += 2 if len(set(mentioned)) == 1 else 1
    best = votes.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]) or best[0][1] < 2:
        return None
    return _SAME.get(best[0][0], best[0][0])

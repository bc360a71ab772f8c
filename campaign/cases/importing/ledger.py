"""Nothing of a document is lost: what each reader drops or cannot place is written down here, and checked at the end.

What may vanish from the text, and nothing else, is written down under three names:

- a *label* only says what follows ("URGENT ACTION", "Fax:", "PREFERRED LANGUAGE TO ADDRESS TARGET:"), or is a
  standing formula of every bulletin ("diplomatic representatives accredited to your country"), or a number of a
  page or point. It is made of `LABEL_WORDS` and numbers alone: with any other word in it, it is left over instead;
- a *reading* is the printed form of a value: a date that became a date, "Further information on UA: 71/08" that
  became a kind and a number, "USA" that became a country;
- a *repeat* stands in a field already: the head of a page, the title over its second page.

Everything else is in a field or in `unplaced`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from campaign.cases.importing.cues import vanishing_words
from campaign.cases.importing.lines import plain, words
from campaign.channels import CHANNELS

LABEL_WORDS = frozenset(
    """
    a accredited action actions additional address addressee addressees addresses after ai airmail alert all
    also amnesty an and appeal appeals are arrive as asap asks at authorities background be before below both
    brief by c call calls can case cc check closes contact copies copy country courteous d date deadline demands
    description details diplomatic distr distribution do e each either email emails ends events expires express
    external extra f facsimile facts fast fax faxes female following for form formerly from further g gender
    general government h i ii iii immediately in index information insert intervention is issue iv ix kindly l
    language languages later letter letters link links local m mail mailing main male may message messages
    mobile model more n name names new no nos notice now number numbers o of official officials on one online or out
    outcome own p page pages personal phone please polite possible postal preferably preferred previous pronoun
    pronouns protests public publication published quickly r recommended release relevant renew representations
    representatives request requested requests required respectful s salutation salutations sample sc send sent
    should signature site situation soon stop suggested summary t take target targets tel telegram telegrams
    telephone telephones telex telexes template than the them these this three title to tweet twitter two type u ua
    until update updates urge urgent urging use v valid vi via victory vii viii web webform website what within
    words write x you your yourself
    """.split()  # noqa: SIM905 - a list of words, to be read as one
) | {word for it in CHANNELS if it.network for word in (it.label.casefold(), it.key)}


@dataclass
class Ledger:
    """What one document's readers dropped as a label, read into a value, met again, or left over."""

    labels: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    rivals: list[tuple[str, str, str]] = field(default_factory=list)  # (field, value, why it is not certain)

    def doubt(self, name: str, value: str, why: str) -> None:
        """`value` is one of two for the field `name`: it is offered, not taken."""
        self.rivals.append((name, value, why))

    def unread(self, text: str) -> None:
        """`text` was read into a value that has a rival: it was not understood after all."""
        if text in self.readings:
            self.readings.remove(text)
            self.leave(text)

    def label(self, text: str | None) -> None:
        """`text` only says what follows; left over if it says anything else."""
        if text and all(word in LABEL_WORDS or word.isdecimal() or word in vanishing_words() for word in words(text)):
            self.labels.append(text)
        elif text:
            self.leave(text)

    def repeat(self, text: str) -> None:
        """`text` stands in a field already."""
        self.repeats.append(text)

    def reading(self, text: str | None) -> None:
        """`text` is held by a field in another form."""
        if text:
            self.readings.append(text)

    def leave(self, text: str) -> None:
        """`text` was not understood."""
        if shown := plain(text).strip(" ,;|"):
            self.left.append(shown)


def unaccounted(lines: list[str], accounted: list[str]) -> list[str]:
    """What of `lines` stands nowhere in `accounted`: whole lines where most of one is missing, else the words.

    The last safeguard of "nothing is lost": a reader that forgets a text makes it appear as unplaced.
    """
    pool = Counter(word for text in accounted for word in words(text))
    missing: list[str] = []
    for line in lines:
        told = words(line)
        lacking = []
        for word in told:
            if pool[word] > 0:
                pool[word] -= 1
            else:
                lacking.append(word)
        if lacking:
            missing.append(plain(line) if len(lacking) * 2 > len(told) else " ".join(lacking))
    return missing

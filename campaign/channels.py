"""What a channel of an official is: one description each, from which everything else about it is made.

Forms, spreadsheets, import, checks, the action's page, letters, prints, JSON and statistics read this list. To add a
channel: its word in `vocabulary.ChannelKind`, its description here. Post and e-mail are more than a line of text and
stand in the official's entry by themselves; their place among the others is `USUALLY` and `IN_HASTE` too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from campaign.errors import Refused
from campaign.vocabulary import ChannelKind

# How many of one channel an official may have, and how long one may be.
MOST, LONGEST = 8, 500
Channels = Mapping[str, tuple[str, ...]]  # {key: entries}, only what there is


def _(sentence: str) -> str:
    """Marks a label for translation; it is translated where it is shown."""
    return sentence


@dataclass(frozen=True)
class Public:
    """A channel on which a supporter writes in public: how long a post may be, and where it is begun.

    `length` counts as the network does; `begin` is the address that opens a post there, `{text}` and `{name}` in it.
    """

    most: int
    begin: str
    length: Callable[[str], int] = len


@dataclass(frozen=True)
class Channel:
    """One way to reach an official.

    `key` names it in forms, spreadsheets, imports and JSON. `check` gives an entry as it is kept, for a country, or
    raises `Refused`; `doubt` is a warning for one that is kept though nobody can tell what it is. `labels` is what
    bulletins call it, as a regular expression; `hosts` are the sites whose addresses are entries of it. `usually` and
    `in_haste` are its places among the others, the first the lowest. `reaches`: a letter as such arrives by it.
    """

    key: str
    kind: ChannelKind
    label: str
    printed: str
    check: Callable[[str, str | None], str]
    labels: str
    usually: int
    in_haste: int
    shown: Callable[[str], str] = str
    link: Callable[[str, str | None], str | None] = lambda _entry, _country: None
    doubt: Callable[[str], str | None] = lambda _entry: None
    same: Callable[[str], str] = str.casefold
    hosts: tuple[str, ...] = ()
    network: bool = False  # an account on a network: its label is a name
    public: Public | None = None
    reaches: bool = False
    dialled: bool = False
    hint: str = ""
    findable: bool = True


# Post and e-mail among the others.
POST_USUALLY, POST_IN_HASTE, EMAIL_USUALLY, EMAIL_IN_HASTE = 10, 90, 20, 10


def _number(written: str, country: str | None) -> str:
    """As E.164 where it can be read, as people in `country` write it; else as it was written."""
    return telephone(written, country) or written


def telephone(written: str, country: str | None) -> str | None:
    """A number as E.164, read as people in `country` write it; None if it cannot be one."""
    try:
        number = phonenumbers.parse(written, country)
    except NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def shown_number(stored: str) -> str:
    """A stored number with its country's code and in groups: "+92 51 9201234". What is none stays as it is."""
    try:
        return str(phonenumbers.format_number(phonenumbers.parse(stored), PhoneNumberFormat.INTERNATIONAL))
    except NumberParseException:
        return stored


def _dialling(number: str, country: str | None) -> str | None:
    """The `tel:` link of a number; None if it is none."""
    try:
        read = phonenumbers.parse(number, country)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(read):
        return None
    extension = f";ext={read.extension}" if read.extension else ""
    return f"tel:{phonenumbers.format_number(read, PhoneNumberFormat.E164)}{extension}"


def _doubtful(entry: str) -> str | None:
    if telephone(entry, None):
        return None
    return _("This does not look like a phone number. We keep it as you wrote it.")


def _digits(entry: str) -> str:
    """What two spellings of one number share; nothing where there are too few to tell."""
    digits = re.sub(r"\D", "", entry)
    return digits if len(digits) > 5 else ""


def page_address(written: str, _country: str | None = None) -> str:
    """The address of a page. Raises `Refused`."""
    try:
        parts = urlsplit(written)
        fine = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        fine = False
    if not fine or len(written) > LONGEST:
        raise Refused("Enter the full address of the page, starting with https://.")
    return written


def account(hosts: Sequence[str], name: str, wrong: str, kept: str = "@{}") -> Callable[[str, str | None], str]:
    """A check: the name of an account, bare, with an @, or as the address of its page on one of `hosts`."""
    sites = "|".join(re.escape(host) for host in hosts)
    pattern = re.compile(rf"(?:(?:https?://)?(?:www\.|m\.)?(?:{sites})/)?@?({name})/?(?:\?\S*)?", re.I)

    def check(written: str, _country: str | None) -> str:
        read = pattern.fullmatch(written)
        if not read:
            raise Refused(wrong)
        return kept.format(read[1])

    return check


def _at(site: str) -> Callable[[str, str | None], str | None]:
    """The page of an account on a site."""
    return lambda entry, _country: f"https://{site}/{quote(entry.lstrip('@'))}"


_FEDIVERSE = re.compile(
    r"https?://(?P<there>[\w.-]+\.[a-z]{2,24})/@(?P<page>\w{1,60})/?|@?(?P<name>\w{1,60})@(?P<server>[\w.-]+\.[a-z]{2,24})",
    re.I,
)


def _fediverse(written: str, _country: str | None) -> str:
    """An account on a server of anybody's: `@name@server`, or the address of its page. Raises `Refused`."""
    read = _FEDIVERSE.fullmatch(written)
    if not read:
        raise Refused("A Mastodon account has a name and a server, like @example@mastodon.example.")
    return f"@{read['name'] or read['page']}@{(read['server'] or read['there']).lower()}"


def _on_its_server(entry: str, _country: str | None) -> str | None:
    name, _at_sign, server = entry.lstrip("@").partition("@")
    return f"https://{server}/@{name}" if server else None


def _page(entry: str, _country: str | None) -> str:
    """Where a page is that a bulletin names without its scheme."""
    return entry if entry.startswith(("https://", "http://")) else f"https://{entry}"


def weighed(text: str) -> int:
    """How long X says a text is: an address weighs 23, emoji two, signs of most alphabets one, all others two.

    By the rule that X publishes for its own programs (twitter-text, configuration version 3).
    """
    composed = unicodedata.normalize("NFC", text)
    without_addresses, addresses = _ADDRESS.subn("", composed)
    plain, pictures = _EMOJI.subn("", without_addresses)
    return addresses * 23 + pictures * 2 + sum(1 if _light(sign) else 2 for sign in plain)


_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_ADDRESS = re.compile(r"https?://\S+")
_PICTURE = "[\U0001f000-\U0001faff\u2600-\u27bf]"
_MODIFIED = f"{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*"
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_MODIFIED}(?:\u200d{_MODIFIED})*")


def _light(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _LIGHT)


CHANNELS: tuple[Channel, ...] = (
    Channel(
        key="fax",
        kind=ChannelKind.FAX,
        label=_("Fax"),
        printed=_("Fax:"),
        check=_number,
        shown=shown_number,
        link=_dialling,
        doubt=_doubtful,
        same=_digits,
        labels=r"(?:tele)?fax(?:es)?|facsimile|fax\s+(?:numbers?|nos?)",
        usually=40,
        in_haste=40,
        reaches=True,
        dialled=True,
    ),
    Channel(
        key="phone",
        kind=ChannelKind.TELEPHONE,
        label=_("Telephone"),
        printed=_("Phone:"),
        check=_number,
        shown=shown_number,
        link=_dialling,
        doubt=_doubtful,
        same=_digits,
        labels=r"telephones?|tel|tél|phones?|main\s+number|mobile|(?:tele)?phone\s+(?:numbers?|nos?)",
        usually=50,
        in_haste=50,
        dialled=True,
        hint=_("With the country code, or as dialled in the country above."),
    ),
    Channel(
        key="x_handle",
        kind=ChannelKind.X,
        label="X",
        printed=_("X:"),
        check=account(
            ("x.com", "twitter.com"),
            r"[A-Za-z0-9_]{1,15}",
            _("An X handle is up to 15 letters, digits or underscores, like @example."),
        ),
        link=_at("x.com"),
        labels=r"twitter|x\s?/\s?twitter|twitter\s?/\s?x|x\s?\((?:formerly\s+)?twitter\)|twitter\s?\(x\)|x",
        hosts=("x.com", "twitter.com"),
        network=True,
        usually=60,
        in_haste=30,
        public=Public(280, "https://x.com/intent/post?text={text}", weighed),
    ),
    Channel(
        key="facebook",
        kind=ChannelKind.FACEBOOK,
        label="Facebook",
        printed="Facebook:",
        check=account(
            ("facebook.com", "fb.com", "fb.me"),
            r"(?!profile\.php)[\w.-]{2,80}",
            _("Enter the name of a Facebook page, like MinistryOfExample, or its address."),
            kept="{}",
        ),
        shown=lambda entry: f"facebook.com/{entry}",
        link=_at("www.facebook.com"),
        labels=r"facebook(?:\s+page)?",
        hosts=("facebook.com", "fb.com", "fb.me"),
        network=True,
        usually=64,
        in_haste=34,
    ),
    Channel(
        key="instagram",
        kind=ChannelKind.INSTAGRAM,
        label="Instagram",
        printed="Instagram:",
        check=account(
            ("instagram.com", "instagr.am"),
            r"[A-Za-z0-9_.]{1,30}",
            _("An Instagram name is up to 30 letters, digits, dots or underscores, like @example."),
        ),
        link=_at("www.instagram.com"),
        labels=r"instagram",
        hosts=("instagram.com", "instagr.am"),
        network=True,
        usually=63,
        in_haste=33,
    ),
    Channel(
        key="bluesky",
        kind=ChannelKind.BLUESKY,
        label="Bluesky",
        printed="Bluesky:",
        check=account(
            ("bsky.app/profile",),
            r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}",
            _("A Bluesky handle is a domain name, like @example.bsky.social."),
        ),
        link=_at("bsky.app/profile"),
        labels=r"bluesky|bsky",
        hosts=("bsky.app",),
        network=True,
        usually=61,
        in_haste=31,
        # Bluesky counts what readers see as one sign; counting code points never lets through too much.
        public=Public(300, "https://bsky.app/intent/compose?text={text}"),
    ),
    Channel(
        key="mastodon",
        kind=ChannelKind.MASTODON,
        label="Mastodon",
        printed="Mastodon:",
        check=_fediverse,
        link=_on_its_server,
        labels=r"mastodon|fediverse",
        network=True,
        usually=62,
        in_haste=32,
    ),
    Channel(
        key="web_form",
        kind=ChannelKind.WEB_FORM,
        label=_("Web form"),
        printed=_("Web form:"),
        check=page_address,
        link=_page,
        same=str,
        labels=r"(?:(?:online|web|website|e-?mail)\s+)?contact\s+form|web\s?form|online\s+form|web\s?sites?|web\s+page"
        r"|(?:e-?mail\s+)?via\s+(?:the\s+)?(?:web)?site|web|url",
        usually=30,
        in_haste=20,
        reaches=True,
        findable=False,
    ),
)

BY_KEY: Mapping[str, Channel] = {it.key: it for it in CHANNELS}
BY_KIND: Mapping[ChannelKind, Channel] = {it.kind: it for it in CHANNELS}
KEYS = tuple(BY_KEY)


def label(kind: ChannelKind) -> str:
    """What a channel is called, to be translated."""
    others = {ChannelKind.POST: _("Post"), ChannelKind.EMAIL: _("E-mail")}
    return others.get(kind) or BY_KIND[kind].label


def place(kind: ChannelKind, *, in_haste: bool) -> int:
    """Where a channel stands among the others: what weighs most first, or what arrives first."""
    if kind is ChannelKind.POST:
        return POST_IN_HASTE if in_haste else POST_USUALLY
    if kind is ChannelKind.EMAIL:
        return EMAIL_IN_HASTE if in_haste else EMAIL_USUALLY
    return BY_KIND[kind].in_haste if in_haste else BY_KIND[kind].usually


def reached_by_letter(entries: Mapping[str, Sequence[str]]) -> bool:
    """Whether a letter as such arrives by one of these, besides post and e-mail."""
    return any(entries.get(it.key) for it in CHANNELS if it.reaches)


def checked(key: str, written: Sequence[str], country: str | None) -> tuple[tuple[str, ...], str | None]:
    """The entries of a channel as they are kept, each once, and what is doubtful about them. Raises `Refused`."""
    channel = BY_KEY[key]
    entries = tuple(dict.fromkeys(channel.check(it, country) for it in written))
    if len(entries) > MOST:
        raise Refused("Enter 8 at most.")
    if any(len(it) > LONGEST for it in entries):
        raise Refused("One of these is longer than 500 characters.")
    return entries, next(filter(None, map(channel.doubt, entries)), None)

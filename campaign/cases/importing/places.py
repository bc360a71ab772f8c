"""Countries as bulletins name them, and as the first part of an index reference implies them."""

from __future__ import annotations

import re
from functools import cache

from campaign.language import countries

# Names CLDR writes otherwise than bulletins do, former names, and countries CLDR no longer lists.
_ALSO = {
    "United States": "usa|us|u.s.|u.s.a.|united states of america|the united states|etats-unis",
    "United Kingdom": "uk|u.k.|great britain|united kingdom of great britain and northern ireland|england|scotland",
    "United Arab Emirates": "uae|u.a.e.",
    "Russia": "russian federation",
    "South Korea": "republic of korea|korea (republic of)|korea, republic of|south korea (republic of korea)",
    "North Korea": "democratic people's republic of korea|dprk|korea (democratic people's republic of)",
    "Democratic Republic of the Congo": "congo - kinshasa|drc|dr congo|democratic republic of congo|congo (drc)",
    "Republic of the Congo": "congo - brazzaville|congo|republic of congo",
    "Myanmar": "myanmar (burma)|burma|myanmar/burma",
    "Hong Kong": "hong kong sar china|hong kong sar",
    "Macao": "macao sar china|macau",
    "Türkiye": "turkiye",
    "Turkey": "turkey",
    "Vietnam": "viet nam",
    "Laos": "lao pdr|lao people's democratic republic",
    "Syria": "syrian arab republic",
    "Brunei": "brunei darussalam",
    "Moldova": "republic of moldova",
    "North Macedonia": "macedonia|fyrom",
    "Côte d’Ivoire": "ivory coast|cote d'ivoire",
    "Czech Republic": "czech republic",
    "Eswatini": "swaziland",
    "Cape Verde": "cape verde|cabo verde",
    "Timor-Leste": "east timor",
    "Gambia": "the gambia",
    "Philippines": "the philippines|filipinas",
    "Netherlands": "the netherlands",
    "Palestine": "state of palestine|palestinian authority|palestinian territories",
    "Israel and the Occupied Palestinian Territories": (
        "israel/opt|israel/occupied palestinian territories|israel and the occupied palestinian territories"
        "|israel/occupied palestinian territory|israel and occupied territories|israel and the opt"
    ),
    "Bosnia and Herzegovina": "bosnia & herzegovina|bosnia and herzegovina|bosnia-herzegovina",
    "Trinidad and Tobago": "trinidad & tobago|trinidad and tobago",
    "Antigua and Barbuda": "antigua & barbuda|antigua and barbuda",
    "Saint Lucia": "st. lucia|saint lucia",
    "São Tomé and Príncipe": "são tomé & príncipe|sao tome and principe",
    "Mexico": "méxico",
    "Peru": "perú",
    "Brazil": "brasil",
    "Egypt": "arab republic of egypt",
    "Libya": "libyan arab jamahiriya",
    "Zaire": "zaire",
    "Yugoslavia": "yugoslavia|federal republic of yugoslavia",
    "Serbia and Montenegro": "serbia and montenegro",
    "Kosovo": "kosovo",
    "Czechoslovakia": "czechoslovakia",
    "Soviet Union": "ussr|soviet union|union of soviet socialist republics",
    "Chechnya": "chechnya",
    "Western Sahara": "western sahara|morocco/western sahara",
}

# The middle of an index reference ("ASA 33/…") names the country; the commonest, as used since the 1980s.
_INDEXED = {
    "AFR": "12 Angola,14 Benin,15 Botswana,16 Burundi,17 Cameroon,19 Central African Republic,20 Chad,"
    "24 Equatorial Guinea,25 Ethiopia,26 Gabon,27 Gambia,28 Ghana,29 Guinea,31 Côte d’Ivoire,32 Kenya,33 Lesotho,"
    "34 Liberia,35 Madagascar,36 Malawi,37 Mali,38 Mauritania,41 Mozambique,42 Namibia,43 Niger,44 Nigeria,"
    "46 Zimbabwe,47 Rwanda,49 Senegal,51 Sierra Leone,52 Somalia,53 South Africa,54 Sudan,55 Eswatini,56 Tanzania,"
    "57 Togo,59 Uganda,60 Burkina Faso,62 Democratic Republic of the Congo,63 Zambia,64 Eritrea,65 South Sudan",
    "AMR": "13 Argentina,18 Bolivia,19 Brazil,20 Canada,22 Chile,23 Colombia,25 Cuba,27 Dominican Republic,"
    "28 Ecuador,29 El Salvador,34 Guatemala,35 Guyana,36 Haiti,37 Honduras,38 Jamaica,41 Mexico,43 Nicaragua,"
    "44 Panama,45 Paraguay,46 Peru,49 Trinidad and Tobago,51 United States,52 Uruguay,53 Venezuela",
    "ASA": "11 Afghanistan,12 Australia,13 Bangladesh,14 Bhutan,16 Myanmar,17 China,18 Fiji,20 India,21 Indonesia,"
    "22 Japan,23 Cambodia,24 North Korea,25 South Korea,26 Laos,28 Malaysia,29 Maldives,30 Mongolia,31 Nepal,"
    "33 Pakistan,34 Papua New Guinea,35 Philippines,36 Singapore,37 Sri Lanka,38 Taiwan,39 Thailand,41 Vietnam,"
    "57 Timor-Leste",
    "EUR": "11 Albania,13 Austria,15 Bulgaria,21 France,23 Germany,25 Greece,27 Hungary,30 Italy,37 Poland,"
    "39 Romania,41 Spain,44 Turkey,45 United Kingdom,46 Russia,49 Belarus,50 Ukraine,54 Armenia,55 Azerbaijan,"
    "56 Georgia,57 Kazakhstan,58 Kyrgyzstan,59 Moldova,60 Tajikistan,61 Turkmenistan,62 Uzbekistan,"
    "63 Bosnia and Herzegovina,64 Croatia,65 North Macedonia,70 Serbia",
    "MDE": "11 Bahrain,12 Egypt,13 Iran,14 Iraq,15 Israel,16 Jordan,17 Kuwait,18 Lebanon,19 Libya,20 Oman,"
    "21 Palestine,22 Qatar,23 Saudi Arabia,24 Syria,25 United Arab Emirates,28 Algeria,29 Morocco,30 Tunisia,"
    "31 Yemen",
}

_FORMAL = re.compile(
    r"^(?:the\s+)?(?:(?:islamic|people's|democratic|federal|federative|federated|socialist|arab|hashemite|bolivarian|plurinational"
    r"|united|co-?operative|oriental|independent|autonomous|union|grand)\s+){0,4}"
    r"(?:republic|kingdom|states?|federation|commonwealth|sultanate|emirate|duchy)\s+of\s+(?:the\s+)?(?P<short>.+)$"
)
_LONGEST = 7  # words in the longest name looked for


@cache
def _names() -> dict[str, str]:
    """Folded name -> the name this product uses."""
    english = dict(countries("en"))
    known: dict[str, str] = {}
    for language in ("nl", "pt", "ar", "de", "fr", "es"):
        known |= {_fold(name): english[code] for code, name in countries(language) if code in english}
    known |= {_fold(name): name for name in english.values()}
    for name, others in _ALSO.items():
        known[_fold(name)] = name
        known.update(dict.fromkeys(map(_fold, others.split("|")), name))
    return known


@cache
def _indexed() -> dict[str, str]:
    pairs = ((area, entry.partition(" ")) for area, listed in _INDEXED.items() for entry in listed.split(","))
    return {f"{area} {number}": name for area, (number, _, name) in pairs}


def country(text: str) -> str | None:
    """The English name of the country that `text` is the name of, short, formal or former; None if it is none."""
    folded = _fold(text)
    if not folded or len(folded) > 80:
        return None
    formal = _FORMAL.match(folded)
    return _names().get(folded) or (_names().get(formal["short"]) if formal else None)


def country_before(text: str) -> tuple[str, int] | None:
    """The country that `text` begins with, the longest name that fits, and how many characters its name takes."""
    ends = [word.end() for word in re.finditer(r"\S+", text[:120])][:_LONGEST]
    for end in reversed(ends):
        if name := country(text[:end].rstrip(":,;.-–—(")):
            return name, end
    return None


def country_after(text: str) -> str | None:
    """The country that an address ends with."""
    words = text[-120:].rstrip(" .,;").split()
    for count in range(min(_LONGEST, len(words)), 0, -1):
        if name := country(" ".join(words[-count:])):
            return name
    return None


def country_of_index(reference: str | None) -> str | None:
    """The country an index reference belongs to: "ASA 33/7416/2023" is Pakistan."""
    return _indexed().get(reference.partition("/")[0]) if reference else None


def _fold(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split()).strip(" .,;:")


# What a country is called in "the Peruvian Embassy" and "the Gabonese Republic".
_ADJECTIVES = (
    "Afghan Afghanistan,Albanian Albania,Algerian Algeria,Angolan Angola,Argentine Argentina,"
    "Armenian Armenia,Azerbaijani Azerbaijan,Bahraini Bahrain,Bangladeshi Bangladesh,Belarusian Belarus,"
    "Beninese Benin,Bolivian Bolivia,Brazilian Brazil,Bulgarian Bulgaria,Burundian Burundi,"
    "Cambodian Cambodia,Cameroonian Cameroon,Chadian Chad,Chilean Chile,Chinese China,Colombian Colombia,"
    "Congolese Congo,Croatian Croatia,Cuban Cuba,Dominican Dominican Republic,Ecuadorian Ecuador,"
    "Egyptian Egypt,Eritrean Eritrea,Ethiopian Ethiopia,Gabonese Gabon,Gambian Gambia,Georgian Georgia,"
    "Ghanaian Ghana,Greek Greece,Guatemalan Guatemala,Guinean Guinea,Haitian Haiti,Honduran Honduras,"
    "Hungarian Hungary,Indian India,Indonesian Indonesia,Iranian Iran,Iraqi Iraq,Israeli Israel,"
    "Jamaican Jamaica,Japanese Japan,Jordanian Jordan,Kazakh Kazakhstan,Kenyan Kenya,Korean Korea,"
    "Kuwaiti Kuwait,Kyrgyz Kyrgyzstan,Lao Laos,Lebanese Lebanon,Liberian Liberia,Libyan Libya,"
    "Malagasy Madagascar,Malawian Malawi,Malaysian Malaysia,Malian Mali,Mauritanian Mauritania,"
    "Mexican Mexico,Moldovan Moldova,Mongolian Mongolia,Moroccan Morocco,Mozambican Mozambique,"
    "Myanmar Myanmar,Namibian Namibia,Nepalese Nepal,Nicaraguan Nicaragua,Nigerian Nigeria,Omani Oman,"
    "Pakistani Pakistan,Palestinian Palestine,Panamanian Panama,Paraguayan Paraguay,Peruvian Peru,"
    "Philippine Philippines,Polish Poland,Qatari Qatar,Romanian Romania,Russian Russia,Rwandan Rwanda,"
    "Salvadoran El Salvador,Saudi Saudi Arabia,Senegalese Senegal,Serbian Serbia,Singaporean Singapore,"
    "Somali Somalia,Sudanese Sudan,Syrian Syria,Tajik Tajikistan,Tanzanian Tanzania,Thai Thailand,"
    "Togolese Togo,Tunisian Tunisia,Turkish Turkey,Turkmen Turkmenistan,Ugandan Uganda,Ukrainian Ukraine,"
    "Uruguayan Uruguay,Uzbek Uzbekistan,Venezuelan Venezuela,Vietnamese Vietnam,Yemeni Yemen,Zambian Zambia,"
    "Zimbabwean Zimbabwe"
)
_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho|Illinois|Indiana|Iowa"
    "|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska"
    "|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    "|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin"
    "|Wyoming|A[LKZR]|C[AOT]|DC|DE|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]"
)
_IN_A_STATE = re.compile(rf"\b(?:{_STATES})\.?,?\s+\d{{5}}(?:-\d{{4}})?$")
MISSION = re.compile(
    r"\b(?:embass(?:y|ies)|high\s+commission|(?:permanent\s+)?(?:mission|representation)|consulate(?:\s+general)?|embajada|misi[oó]n"
    r"|ambassade|mission\s+permanente|consulat|botschaft|st[aä]ndige\s+vertretung|embaixada|chancery|consulado|ambasciata|سفارة)\b",
    re.I,
)
_OF = re.compile(
    r"^\s*(?:general\s+)?(?:of|de|du|des|der|do|da|dos|van|von|d['’]|del)?\s*(?:the|la|las|los|le|les|l['’]|el|os|as)?\s*",
    re.I,
)


@cache
def _adjectives() -> dict[str, str]:
    return {word.casefold(): place for word, _, place in (pair.partition(" ") for pair in _ADJECTIVES.split(","))}


def country_of_mission(text: str) -> str | None:
    """The country that an embassy or a mission speaks for, never the one it stands in."""
    found = MISSION.search(text[:200])
    if not found:
        return None
    before = re.search(r"([^\W\d_]+)\s+$", text[: found.start()])
    if before and (named := _adjectives().get(before[1].casefold()) or country(before[1])):
        return named
    rest = text[found.end() : found.end() + 120]
    rest = re.split(r"\s+(?:to|in|in\s+the|auprès|en|bei)\s+|[,;\d(]", rest[_OF.match(rest).end() :])[0]  # type: ignore[union-attr]
    if before_all := country_before(rest):
        return before_all[0]
    return next(
        (place for word in rest.split() if (place := _adjectives().get(word.casefold()))), None
    ) or country_after(rest)


def country_of_address(text: str) -> str | None:
    """The country that the last line of an address names, or the United States by state and code."""
    return country_after(text) or ("United States" if _IN_A_STATE.search(text.strip(" .,;")) else None)


def countries_within(text: str) -> list[str]:
    """The countries that running text names, each once, in order."""
    words = list(re.finditer(r"[^\W\d_][\w'’.-]*", text[:4_000]))
    named: list[str] = []
    at = 0
    while at < len(words):
        start = words[at].start()
        for count in range(min(5, len(words) - at), 0, -1):
            piece = text[start : words[at + count - 1].end()]
            if piece[0].isupper() and (place := country(piece)) and not (count == 1 and len(piece) < 4):
                named.append(place)
                at += count - 1
                break
        at += 1
    return list(dict.fromkeys(named))

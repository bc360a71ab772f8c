"""Every page of the organisers' side: its addresses from the application's own list, and how its other states come up.

A new page is looked at without being named here. What its address is made of must stand in `Office.values`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Page
from werkzeug.routing import Rule

from tests.browser.importing import BULLETIN
from tests.browser.office import ADMIN, GUARDED, OPEN, PASSWORD, Office

Way = Callable[[Page, Office], object]

HERE = f"/organise/actions/{OPEN}"
# Where something is seen of the state an action is in, besides its head.
STATEFUL = ("actions.show", "actions.particulars", "review.show", "texts.show", "life.show")
STATES = ("imported", "in-review", "approved", "over", "told", "stopped", "paused")
# What leads elsewhere, and by which state one gets to see it.
LEADS_ON = frozenset(
    {
        "model_letters.in_language",  # to the letter of the language
        "translations.in_language",
        "officials.compare",  # with nobody to compare, to the groups
        "security.login",  # who is in already goes to the board
        "security.two_factor_token_validation",  # between password and code; WAYS_IN goes there
        "security.two_factor_rescue",
        "security.tf_select",
        "security.mf_recovery",
        "security.wan_delete",  # to the passkeys
        "trail.where_it_was",  # to the file
    }
)
# What looks otherwise where there is nothing yet.
EMPTY = frozenset(
    {
        "board.show",
        "board.calendar",
        "board.week",
        "cases.index",
        "officials.index",
        "officials.alike",
        "several.show",
        "actions.new",
        "team.show",
        "templates.index",
        "webhooks.show",
    }
)
# Pages of one address that differ by what is asked of them.
ASKED = {
    "board.show": ("?words=nothing-is-called-so", "?mine=yes", "?whole=finished"),
    "board.calendar": ("?month=2031-02",),
    "actions.new": (),
    "cases.index": ("?q=cards", "?q=nothing-is-called-so"),
    "report.show": ("?first=2025-01-01&last=2131-12-31",),
    "statistics.show": ("?tag=newsletter", "?tag=far-too-long"),
    "several.show": ("?status=closed", "?words=nothing-is-called-so"),
    "search.show": ("?q=minister", "?q=nothing-is-called-so", "?q=renew+the+cards&kind=action"),
    "officials.compare": ("?member=1&member=2&member=3",),
    "recipients.show": ("?q=minister",),
    "signatures.show": ("?status=pending", "?country=PK&words=yes"),
    "model_letters.edit": ("?starter=fair-trial",),
    "templates.new": (f"&action={OPEN}&tag=en",),
}


def rules(office: Office) -> Iterator[Rule]:
    """Everything of the organisers' side that can be looked at."""
    for rule in office.app.url_map.iter_rules():
        if rule.rule.startswith("/organise") and "GET" in (rule.methods or ()):
            yield rule


def addresses(office: Office, rule: Rule) -> Iterator[str]:
    """The addresses at which a rule shows something else each time."""
    missing = set(rule.arguments) - set(office.values)
    assert not missing, f"{rule.rule}: say in Office.values what stands for {', '.join(sorted(missing))}"
    yield _built(office, rule)
    for asked in ASKED.get(rule.endpoint, ()):
        yield _built(office, rule) + asked
    for slug in STATES if rule.endpoint in STATEFUL else ():
        yield _built(office, rule, slug=slug)
    if "kind" in rule.arguments:
        for kind in ("events", "sources"):
            yield _built(office, rule, kind=kind, part_id=office.values[kind])
    if rule.endpoint in {"sensitive.show", "cases.show"}:
        yield _built(office, rule, slug="told")
    if rule.endpoint == "deliveries.show":
        for delivery_id in office.values["deliveries"]:
            yield _built(office, rule, delivery_id=delivery_id)
    if rule.endpoint == "model_letters.edit":
        yield _built(office, rule, official_id=0, tag="fr")
        yield _built(office, rule, official_id=0, slug="imported")
    if rule.endpoint == "translations.show":
        yield _built(office, rule, tag="fr")
        yield _built(office, rule, slug="imported")
    if rule.endpoint == "templates.show":
        yield _built(office, rule, template_id=2)
        yield _built(office, rule, template_id=3)
    if rule.endpoint == "templates.new":
        yield _built(office, rule).replace("action", "letter") + "&action=told&tag=en"
    if rule.endpoint == "updates.show":
        for update_id in (2, 3, 4):
            yield _built(office, rule, update_id=update_id)


def _built(office: Office, rule: Rule, **other: object) -> str:
    values = {name: it for name, it in {**office.values, **other}.items() if name in rule.arguments}
    if rule.endpoint == "welcome.ask":
        values["token"] = office.values["welcome"]
    asked = "?tag=fr" if rule.endpoint.endswith(".in_language") else ""
    if rule.endpoint == "templates.new":
        asked = "?kind=action"
    return str(office.app.url_map.bind("localhost").build(rule.endpoint, values)) + asked


def sent(path: str, **values: str) -> Way:
    """The answer to a form that was sent from the page that is open, past what the browser itself would refuse."""

    def go(page: Page, office: Office) -> object:
        if not page.locator("[name=csrf_token]").count():
            page.goto(f"{office.base}/organise/account")
        with page.expect_navigation():
            page.evaluate(
                """([path, values]) => {
                    const form = document.createElement('form');
                    form.method = 'post';
                    form.action = path;
                    for (const [name, value] of Object.entries(values)) {
                        const field = form.appendChild(document.createElement('textarea'));
                        field.name = name;
                        field.value = value;
                    }
                    form.append(document.querySelector('[name=csrf_token]').cloneNode());
                    document.body.append(form);
                    form.submit();
                }""",
                [path, values],
            )
        return None

    return go


def _at(path: str) -> Way:
    return lambda page, office: page.goto(office.base + path)


def _after(*ways: Way) -> Way:
    def go(page: Page, office: Office) -> object:
        for way in ways:
            way(page, office)
        return None

    return go


# The answers to what was sent: refused, looked at before it is saved, or shown once.
ANSWERS: dict[str, Way] = {
    "no such page": _at("/organise/nowhere"),
    "no such action": _at("/organise/actions/nowhere"),
    "nothing chosen": sent("/organise/several/", do="tag", tag="cards"),
    "several changed": sent("/organise/several/", do="archive", action="paused"),
    "report refused": _at("/organise/report/?first=some-day"),
    "texts refused": sent(
        f"{HERE}/texts/", locales="en ur", revision="0", **{"title-en": "", "summary-en": "s" * 9_000}
    ),
    "texts previewed": sent(
        f"{HERE}/texts/", locales="en ur", revision="0", do="preview", preview_locale="ur", **{"title-ur": "کارڈ"}
    ),
    "texts saved by another": sent(
        f"{HERE}/texts/", locales="en", revision="0", do="save", **{"title-en": "Mine", "seal-en": "an older one"}
    ),
    "texts begun from a template": sent(
        f"{HERE}/texts/", locales="en ur", revision="0", do="start", template="2", **{"title-en": "Mine", "seal-en": ""}
    ),
    "template refused": sent("/organise/templates/new", kind="letter", language="en", name="", body="((nobody))"),
    "template saved by another": sent("/organise/templates/1", name="Mine", body="Of mine alone.", seal="an older one"),
    "letter refused": sent(f"{HERE}/letters/en/0", revision="0", salutation="Dear,", body="", close="Yours"),
    "letter previewed": sent(
        f"{HERE}/letters/en/0", revision="0", do="preview", salutation="Dear,", body="((nothing)) 12,000", close="Yours"
    ),
    "particulars refused": sent(f"{HERE}/particulars", revision="0", number="none", goal="many", languages="zz zz"),
    "harm refused": sent(f"{HERE}/harm", consent="", risk=""),
    "extension refused": sent(f"{HERE}/extend", until="yesterday"),
    "stop refused": sent(f"{HERE}/stop"),
    "publication refused": sent("/organise/actions/imported/review/publish", revision="0"),
    "remark refused": sent("/organise/actions/in-review/review/remarks", revision="0", text=""),
    "bulletin read": sent("/organise/actions/new/import", text=BULLETIN + "\nUNTIL: 1 October 2031\n", look="yes"),
    "layout of a bulletin offered": sent(
        "/organise/actions/new/import",
        text=BULLETIN + "\nLast day to write: 1 October 2031\n",
        look="yes",
        layout="-",
        **{f"to-{len(BULLETIN.splitlines()) + 2}": "after_deadline", "to-5": "background"},
    ),
    "bulletin refused": sent("/organise/actions/new/import", text=""),
    "new action refused": sent("/organise/actions/new/empty", title=""),
    "task refused": sent(f"{HERE}/tasks/new", what="", on="some day"),
    "figures pasted": sent(
        f"/organise/cases/{OPEN}/figures/several",
        do="read",
        pasted="at least\t1.3 million\tcards\t03/04/2025\tAn agency\nabout\t70\tcards\t2025-06-30\tExample Press",
    ),
    "figures refused": sent(
        f"/organise/cases/{OPEN}/figures/several", **{"do": "save", "number-0": "many", "publisher-0": "A paper"}
    ),
    "copy refused": sent(f"/organise/cases/{OPEN}/sources/1/copies", url="example.org", taken_on=""),
    "update at a time that has passed": sent(f"{HERE}/updates/1/queue", sure="yes", when="at", at="2025-01-01T09:00"),
    "note refused": sent(f"{HERE}/notes/", text="", organiser="2"),
    "update refused": sent(f"{HERE}/updates/1/queue"),
    "update written by another": sent(f"{HERE}/updates/1", **{"subject-en": "Mine", "seal-en": "an older one"}),
    "rejected without a reason": sent(f"{HERE}/signatures/words/decide", do="reject", group="00" * 32),
    "signature looked for": sent(f"{HERE}/signatures/find", name="Ada Lovelace"),
    "signature not found": sent(f"{HERE}/signatures/find", email="nobody@example.org"),
    "export refused": sent(f"{HERE}/signatures/export", reason=""),
    "invalidation counted": sent(f"{HERE}/screening/invalidate/count", country="PK"),
    "invalidation refused": sent(f"{HERE}/screening/invalidate/count"),
    "shield refused": sent(f"{HERE}/screening/shield", level="pause", reason=""),
    "case refused": sent("/organise/cases/new", title="", country="", time_zone="Nowhere/At all"),
    "subject refused": sent(f"/organise/cases/{OPEN}/subjects/new", naming="named"),
    "event refused": sent(f"/organise/cases/{OPEN}/events/new", on="some day"),
    "source refused": sent(f"/organise/cases/{OPEN}/sources/new", url="javascript:alert(1)"),
    "figure refused": sent(f"/organise/cases/{OPEN}/figures/new", value="many", key="Not A Key"),
    "case closed by nobody in particular": sent(f"/organise/cases/{OPEN}/readers", organiser="90210"),
    "case opened without a reason": sent("/organise/cases/told/readers/reopen"),
    "last name of a case": sent("/organise/cases/told/readers/strike", organiser="1"),
    "sensitive case not found": sent("/organise/sensitive-cases", which="no-such-case", reason="Eve is ill."),
    "place refused": sent(f"/organise/cases/{OPEN}/where", country="", time_zone=""),
    "official refused": sent("/organise/officials/new", emails="no address", phone="12", x_handle="@@"),
    "official looked at": sent(
        "/organise/officials/1/edit", revision="0", seen="", country="PK", name="Someone Else", languages="en"
    ),
    "officials of a file": sent(
        "/organise/officials/import", text="name,country,emails\nZubaida Example,PK,z@example.invalid\n,,no address\n"
    ),
    "one official chosen": sent("/organise/officials/duplicates/chosen", member="1", do="apart"),
    "invitation refused": sent("/organise/team/invite", name="", email="no address", role="editor"),
    "settings refused": sent("/organise/settings/", retention_days="0", time_zone="Nowhere/At all"),
    "link to the volumes": lambda page, office: sent(f"/organise/deliveries/{office.values['deliveries'][1]}/link")(
        page, office
    ),
    "calendar made": _after(_at("/organise/account"), sent("/organise/account/calendar")),
    "password refused": sent("/organise/account/password", password="wrong", new_password="short"),
    "sheet refused": sent(f"{HERE}/paper/", country="", names="many"),
    "passkey refused": sent("/organise/account/passkeys", name=""),
    "passkey begun": sent("/organise/account/passkeys", name="blue key", usage="secondary"),
    "second factor begun": _after(
        _at("/organise/account/second-factor"), sent("/organise/account/second-factor", setup="authenticator")
    ),
}


def sign_in(page: Page, office: Office, email: str = ADMIN, password: str = PASSWORD) -> None:
    """As people do."""
    page.goto(f"{office.base}/organise/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.click("main button.go")


def _welcome_refused(page: Page, office: Office) -> None:
    there = f"/organise/welcome/{office.values['welcome']}"
    _after(_at(there), sent(there, password="short", again="other"))(page, office)


def _ended_while_writing(page: Page, office: Office) -> None:
    sign_in(page, office)
    page.goto(f"{office.base}/organise/account")
    mark = page.locator("main [name=drawn_for]").first.input_value()
    page.context.clear_cookies()
    sent("/organise/cases/new", title="Typed before it ended", drawn_for=mark)(page, office)


def _written_in_another_account(page: Page, office: Office) -> None:
    sign_in(page, office, "tomas@office.example")
    page.goto(f"{office.base}/organise/account")
    mark = page.locator("main [name=drawn_for]").first.input_value()
    page.context.clear_cookies()
    sign_in(page, office)
    page.goto(f"{office.base}/organise/account")
    sent("/organise/cases/new", csrf_token="of before", title="Typed", drawn_for=mark)(page, office)
    page.context.clear_cookies()


# What someone sees who is not in yet.
WAYS_IN: dict[str, Way] = {
    "sign in": _at("/organise/sign-in"),
    "sign-in refused": lambda page, office: sign_in(page, office, password="not the password"),
    "asked to sign in first": _at("/organise/team/"),
    "ended while writing": _ended_while_writing,
    "written in another account": _written_in_another_account,
    "forgotten": _at("/organise/forgotten"),
    "forgotten, sent": _after(_at("/organise/forgotten"), sent("/organise/forgotten", email="nobody@example.org")),
    "welcome": lambda page, office: page.goto(f"{office.base}/organise/welcome/{office.values['welcome']}"),
    "welcome refused": _welcome_refused,
    "welcome over": _at("/organise/welcome/garbage"),
    "how": lambda page, office: sign_in(page, office, GUARDED),
    "passkey": sent("/organise/sign-in/how", which="webauthn"),
    "passkey asked for": sent("/organise/sign-in/passkey"),
    "code": _after(
        lambda page, office: sign_in(page, office, GUARDED), sent("/organise/sign-in/how", which="authenticator")
    ),
    "code refused": sent("/organise/sign-in/code", code="000000"),
    "recovery code": _at("/organise/sign-in/recovery"),
    "recovery code refused": sent("/organise/sign-in/recovery", code="none of mine"),
}

# What is no page, or only leads to one.
ELSEWHERE = "elsewhere"

# By which of them each page is seen that needs no sign-in.
WAY_OF = {
    "security.login": "sign in",
    "security.two_factor_token_validation": "code",
    "security.two_factor_rescue": ELSEWHERE,  # leads back to the code: we send none by mail
    "security.tf_select": "how",
    "security.wan_signin": "passkey",
    "security.mf_recovery": "recovery code",
    "welcome.ask": "welcome",
    "welcome.forgotten": "forgotten",
    "calendar.feed": ELSEWHERE,  # a file
}

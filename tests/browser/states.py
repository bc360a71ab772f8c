"""Every page in every state: how a reader gets to see it. No way leads over a page that says the fault is ours."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Response

from tests.browser.installation import Installation

Way = Callable[[Page, Installation, str], object]


def _at(path: str) -> Way:
    """The page of an address; `{locale}`, `{slug}` and the installation's names are filled in."""

    def go(page: Page, place: Installation, locale: str) -> object:
        return page.goto(place.base + path.format(locale=locale, slug=place.slug, **place.names))

    return go


def _refused_form(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/actions/{slug}")(page, place, locale)
    _send(page, {"message": "w" * 1_200, "name": "", "token": place.token()})


def _look_in_your_mailbox(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/actions/{slug}")(page, place, locale)
    _send(page, {"name": "Ada", "email": "again@example.org", "country": "GB", "token": place.token()})


def _mail(page: Page, place: Installation, locale: str) -> None:
    """The newest mail in the box; the worker writes it within seconds."""
    box = page.locator("main h2 a")
    for _ in range(40):
        page.goto(f"{place.base}/demo/mailbox")
        if box.count():
            break
        page.wait_for_timeout(250)
    box.first.click()


def _nothing_changed(page: Page, place: Installation, locale: str) -> None:
    """My signature, after a box that was not ticked."""
    _at("/{locale}/mine/{mine_confirmed}")(page, place, locale)
    with page.expect_navigation():
        page.evaluate("document.querySelector('form[action$=erase]').submit()")


def _written(page: Page, place: Installation, locale: str) -> None:
    """A letter, previewed: the model with a name under it."""
    _at("/{locale}/actions/{slug}/write")(page, place, locale)
    page.fill("#name", "Ada Lovelace")
    _press(page, "#letter button.go")


def _not_written(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/actions/{slug}/write")(page, place, locale)
    page.fill("#name", "Ada \ue000")
    _press(page, "#letter button.go")


def _sent(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/actions/{slug}")(page, place, locale)
    page.locator(".sent > summary").click()
    _press(page, "button[name=channel]")


def _name_corrected(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/mine/{mine_confirmed}")(page, place, locale)
    page.locator("details:has(button[value=name]) > summary").click()
    _press(page, "button[name=change][value=name]")


def _as_it_goes(page: Page, place: Installation, locale: str) -> None:
    """A letter that we are to send, shown before it goes to someone who lives where the case is."""
    page.goto(f"{place.base}/{locale}/mine/{place.signed('PK')}/letter")
    _press(page, "#letter button.go")


def _not_agreed(page: Page, place: Installation, locale: str) -> None:
    _as_it_goes(page, place, locale)
    with page.expect_navigation():
        page.evaluate("document.querySelector('form.choosing').submit()")


def _not_taken(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/mine/{mine_confirmed}/letter")(page, place, locale)
    page.fill("#text", "Please \ue000")
    _press(page, "#letter button.go")


def _agreed(page: Page, place: Installation, locale: str) -> None:
    """My signature, with one letter that waits and one that is only written."""
    token = place.signed()
    page.goto(f"{place.base}/{locale}/mine/{token}/letter")
    _press(page, "#letter button.go")
    page.check("#sure")
    _press(page, "form.choosing button.go")
    page.goto(f"{place.base}/{locale}/mine/{token}/letter")
    page.fill("#text", "Please renew them.")
    _press(page, "#letter button.go")
    page.goto(f"{place.base}/{locale}/mine/{token}")


def _to_be_reminded(page: Page, place: Installation, locale: str) -> None:
    """My signature of someone who asked to be reminded of their letter, for this one visit."""
    page.goto(f"{place.base}/{locale}/mine/{place.signed()}")
    _press(page, "button[value=reminder]")


def _no_reply(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/answer/{answered}")(page, place, locale)
    with page.expect_navigation():
        page.evaluate("document.querySelector('main form:has(textarea)').submit()")


def _preview_of_ones_own(page: Page, place: Installation, locale: str) -> None:
    """The preview as it is reached from the thanks: it offers to send."""
    _at("/{locale}/confirm/{confirmed}")(page, place, locale)
    _press(page, ".best-next form button.go")


def _erased(page: Page, place: Installation, locale: str) -> None:
    _confirmed_just_now(page, place, locale)
    page.locator("details:has(form[action$=erase]) > summary").click()
    page.check("#sure")
    _press(page, "form[action$=erase] button")


def _taken_back(page: Page, place: Installation, locale: str) -> None:
    _confirmed_just_now(page, place, locale)
    page.locator("details:has(button[value=withdraw]) > summary").click()
    _press(page, "button[value=withdraw]")


def _confirmed_just_now(page: Page, place: Installation, locale: str) -> None:
    """My signature, of someone who signed and confirmed for this one visit."""
    page.goto(f"{place.base}/{locale}/mine/{place.signed()}")


def _unsubscribed(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/unsubscribe/{unsubscribe_confirmed}")(page, place, locale)
    _press(page, "main form button")


def _join_refused(page: Page, place: Installation, locale: str) -> None:
    _at("/{locale}/join")(page, place, locale)
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.fill("#email", "nowhere")
    _press(page, "main form button.go")


def _join_sent(page: Page, place: Installation, locale: str) -> None:
    _join_refused(page, place, locale)
    page.fill("#email", "joins@example.org")
    _press(page, "main form button.go")


def _one_step_refused(page: Page, place: Installation, locale: str) -> None:
    page.goto(f"{place.base}/{locale}/sign/{place.names['one_step']}")
    page.evaluate("document.querySelector('main form').noValidate = true")
    _press(page, "main form button.go")


def _signed_in_one_step(page: Page, place: Installation, locale: str) -> None:
    page.goto(f"{place.base}/{locale}/sign/{place.names['one_step_known']}")
    _press(page, "main form button.go")


def _left(page: Page, place: Installation, locale: str) -> None:
    """Of someone who joined for this one visit."""
    page.goto(f"{place.base}/{locale}/leave/{place.joined()}")
    _press(page, "main form button")


def _too_many(page: Page, place: Installation, locale: str) -> None:
    """A letter too many from one network, which is nobody else's."""
    page.set_extra_http_headers({"X-Forwarded-For": place.busy_network()})
    _at("/{locale}/actions/{slug}/write")(page, place, locale)
    _press(page, "#letter button.go")
    page.set_extra_http_headers({})


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def _send(page: Page, values: dict[str, str]) -> None:
    """Send the signing form with these values, past what the browser itself would refuse."""
    with page.expect_navigation():
        page.evaluate(
            """values => {
                const form = document.querySelector('#sign form');
                for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
                form.querySelector('[name=disclosure]').checked = true;
                form.submit();
            }""",
            values,
        )


_WAYS: dict[str, Way] = {
    "list": _at("/{locale}/"),
    "list, searched": _at("/{locale}/?q=cards&country=PK&theme=refugees&language=ur&deadline=30"),
    "list, nothing found": _at("/{locale}/?q=zzz"),
    "closed": _at("/{locale}/closed"),
    "action with a picture": _at("/{locale}/actions/with-a-picture"),
    "action": _at("/{locale}/actions/{slug}"),
    "over": _at("/{locale}/actions/over"),
    "stopped": _at("/{locale}/actions/stopped"),
    "stopped, not confirmed": _at("/{locale}/confirm/{stopped_pending}"),
    "stopped, confirmed": _at("/{locale}/confirm/{stopped_confirmed}"),
    "my signature, stopped": _at("/{locale}/mine/{mine_stopped_confirmed}"),
    "write": _at("/{locale}/actions/{slug}/write"),
    "reasons": _at("/{locale}/actions/{slug}/reasons"),
    "call": _at("/{locale}/actions/in-english-only/call"),
    "preview": _written,
    "preview refused": _not_written,
    "sent": _sent,
    "in english only": _at("/{locale}/actions/in-english-only"),
    "letter in urdu": _at("/{locale}/actions/{slug}?letter=ur"),
    "refused form": _refused_form,
    "look in your mailbox": _look_in_your_mailbox,
    "confirm": _at("/{locale}/confirm/{pending}"),
    "thanks": _at("/{locale}/confirm/{confirmed}"),
    "thanks, at risk": _at("/{locale}/confirm/{unnamed}"),
    "rejected": _at("/{locale}/confirm/{rejected}"),
    "my signature": _at("/{locale}/mine/{mine_confirmed}"),
    "my signature, pending": _at("/{locale}/mine/{mine_pending}"),
    "my signature, rejected": _at("/{locale}/mine/{mine_rejected}"),
    "my signature, not changed": _nothing_changed,
    "my signature, corrected": _name_corrected,
    "my signature, taken back": _taken_back,
    "let us send": _at("/{locale}/mine/{mine_confirmed}/letter"),
    "let us send, refused": _not_taken,
    "as it goes": _as_it_goes,
    "not agreed": _not_agreed,
    "my signature, letters": _agreed,
    "my signature, to be reminded": _to_be_reminded,
    "did they answer": _at("/{locale}/answer/{asked}"),
    "did they answer, they did": _at("/{locale}/answer/{answered}"),
    "did they answer, nothing pasted": _no_reply,
    "preview of one's own": _preview_of_ones_own,
    "erased": _erased,
    "no more updates": _unsubscribed,
    "too many": _too_many,
    "stop writing to me": _at("/{locale}/unsubscribe/{unsubscribe_confirmed}"),
    "link over": _at("/{locale}/confirm/garbage"),
    "join": _at("/{locale}/join"),
    "join, refused": _join_refused,
    "join, sent": _join_sent,
    "member, to confirm": _at("/{locale}/network/{member_pending}"),
    "member": _at("/{locale}/network/{member}"),
    "sign in one step": _at("/{locale}/sign/{one_step_known}"),
    "sign in one step, with empty fields": _at("/{locale}/sign/{one_step}"),
    "sign in one step, refused": _one_step_refused,
    "signed in one step": _signed_in_one_step,
    "undo": _at("/{locale}/undo/{undo}"),
    "leave": _at("/{locale}/leave/{leave}"),
    "left": _left,
    "privacy": _at("/{locale}/privacy"),
    "verify": _at("/verify/{code}"),
    "mailbox": _at("/demo/mailbox"),
    "mail": _mail,
    "nowhere": _at("/{locale}/nowhere"),
}


def _without_a_fault_of_ours(state: str, way: Way) -> Way:
    def go(page: Page, place: Installation, locale: str) -> object:
        faults: list[str] = []

        def look(response: Response) -> None:
            if response.status >= 500:
                faults.append(f"{state} in {locale}: {response.status}")

        page.on("response", look)
        shown = way(page, place, locale)
        page.remove_listener("response", look)
        assert not faults
        return shown

    return go


STATES: dict[str, Way] = {state: _without_a_fault_of_ours(state, way) for state, way in _WAYS.items()}

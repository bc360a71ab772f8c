"""The only apprise: it knows how each service wants a message. It works in a child process, behind a fence.

An address is typed by a person, and what it leads to answers as it likes. So the child connects to machines of the
internet alone, whatever a name resolves to; speaks TLS and checks it, whatever the address says; follows no redirect;
uses no proxy and no password of this machine; and ends after a while. It writes no line to any log: the library's would
hold the address.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from dataclasses import dataclass
from typing import Any

from campaign import sandbox
from campaign.errors import Refused
from campaign.office.webhooks import addresses
from campaign.sandbox import MB, Child, Limits
from campaign.vocabulary import WebhookOutcome

# Of one message, all its requests together; and of each, until it is connected and until something is answered.
LIMITS = Limits(seconds=20.0, memory=280 * MB, output=64 * 1024)
CONNECT, ANSWER = 5.0, 10.0
LONGEST = 1_000
_SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


@dataclass(frozen=True)
class Sent:
    """What became of a message. `status_code` is the last that was answered."""

    outcome: WebhookOutcome
    status_code: int | None = None


def installed() -> bool:
    """Whether the library is here: it is an extra."""
    return importlib.util.find_spec("apprise") is not None


def scheme_of(address: str, loopback: bool) -> str:
    """The scheme of an address that may be used, one of `addresses.SERVICES`; nobody is asked about it.

    Raises `Refused` with what to do otherwise.
    """
    if not installed():
        raise Refused("Webhooks need a library that is not installed here. Install campaign[webhooks].")
    if not address or len(address) > LONGEST or not address.isprintable():
        raise Refused("Enter the address of a webhook, like matrixs://…, slack://…, mmosts://… or jsons://….")
    try:
        scheme, host = map(str, _in_child(LIMITS, _known, address))
    except (sandbox.Ended, sandbox.Fault):
        scheme, host = "", ""
    if scheme in addresses.UNENCRYPTED and not loopback:
        raise Refused(
            "This address sends without encryption. Begin it with %(scheme)s://.",
            scheme=addresses.UNENCRYPTED[scheme],
        )
    if scheme not in addresses.SERVICES and scheme not in addresses.UNENCRYPTED:
        raise Refused("Enter the address of a webhook, like matrixs://…, slack://…, mmosts://… or jsons://….")
    if not loopback and addresses.names_a_machine_of_ours(host):
        raise Refused("This address leads into a private network. Use one that the internet reaches.")
    return addresses.UNENCRYPTED.get(scheme, scheme)


def send(address: str, title: str, body: str, loopback: bool, limits: Limits = LIMITS) -> Sent:
    """Send a message. Raises nothing: what went wrong is in what is returned."""
    if not installed():
        return Sent(WebhookOutcome.MISSING)
    try:
        outcome, code = _in_child(limits, _deliver, address, title, body, loopback)
    except sandbox.Ended:
        return Sent(WebhookOutcome.SLOW)
    except sandbox.Fault:
        return Sent(WebhookOutcome.UNREADABLE)
    return Sent(WebhookOutcome(outcome), code)


def _in_child(limits: Limits, function: Any, *arguments: Any) -> Any:
    child = Child(limits)
    try:
        return child.call(function, *arguments)
    finally:
        child.end()


# In the child


def _known(address: str) -> tuple[str, str]:
    """(scheme, host) of an address; empty for one that the library does not know."""
    logging.disable(logging.CRITICAL)
    room = _room(address)
    return ("", "") if room is None else (_scheme(room), str(getattr(room, "host", "") or ""))


def _deliver(address: str, title: str, body: str, loopback: bool) -> tuple[str, int | None]:
    """(outcome, last status code) of a message. Only in a child: what it puts up stays for as long as its process."""
    logging.disable(logging.CRITICAL)
    fence = _Fence(loopback)
    room = _room(address)
    if room is None or not fence.knows(_scheme(room)):
        return str(WebhookOutcome.UNREADABLE), None
    fence.put_up()
    if room.notify(body=body, title=title):
        return str(WebhookOutcome.DELIVERED), fence.status_code
    return str(fence.outcome or WebhookOutcome.REFUSED), fence.status_code


def _room(address: str) -> Any:
    import apprise  # noqa: PLC0415 - an extra, and large

    # Nothing of this machine is named, and no picture of elsewhere is loaded.
    asset = apprise.AppriseAsset(
        app_id="Campaign", app_desc="Campaign", app_url="", image_url_mask="", image_path_mask="", plugin_paths=[]
    )
    return apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)


def _scheme(room: Any) -> str:
    return str(room.url(privacy=True)).partition("://")[0].casefold()


class _Fence:
    """What stands between the library and the network, and what it saw."""

    def __init__(self, loopback: bool) -> None:
        self._loopback = loopback
        self.outcome: WebhookOutcome | None = None
        self.status_code: int | None = None

    def knows(self, scheme: str) -> bool:
        """Whether messages may go to a service."""
        return scheme in addresses.SERVICES or (self._loopback and scheme in addresses.UNENCRYPTED)

    def put_up(self) -> None:
        """From now on this process reaches nothing but what it may."""
        # No proxy, and no password that lies here for some machine.
        os.environ.update({"NO_PROXY": "*", "no_proxy": "*", "NETRC": os.devnull})
        sys.addaudithook(self._audited)

        import requests.adapters  # noqa: PLC0415 - comes with the extra
        import requests.sessions  # noqa: PLC0415

        fence, wait, failed = self, requests.exceptions.Timeout, requests.exceptions.RequestException

        class Adapter(requests.adapters.HTTPAdapter):
            """Every request of the library goes through it."""

            def send(self, request: Any, *_: Any, verify: Any = True, **more: Any) -> Any:
                """As the library would, but as the fence allows."""
                if not addresses.may_ask(request.url, fence._loopback):
                    fence.outcome = WebhookOutcome.PLAIN
                    raise failed
                more |= {"timeout": (CONNECT, ANSWER), "proxies": {}, "verify": verify or True}
                try:
                    answer = super().send(request, **more)
                except wait:
                    fence.outcome = fence.outcome or WebhookOutcome.SLOW
                    raise
                except failed:
                    fence.outcome = fence.outcome or WebhookOutcome.UNREACHABLE
                    raise
                fence.status_code = answer.status_code
                if answer.is_redirect:
                    fence.outcome = WebhookOutcome.REDIRECTED
                    raise failed
                return answer

        requests.sessions.HTTPAdapter = Adapter  # type: ignore[attr-defined]

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _SENDING:
            where = arguments[1] if len(arguments) > 1 else None
            host = where[0] if isinstance(where, tuple) and where else ""
            if not addresses.may_connect(str(host), self._loopback):
                self.outcome = WebhookOutcome.PRIVATE
                raise PermissionError
        elif event == "socket.getaddrinfo" and self._loopback and _text(arguments[0]) not in addresses.HERE:
            self.outcome = WebhookOutcome.PRIVATE
            raise PermissionError


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)

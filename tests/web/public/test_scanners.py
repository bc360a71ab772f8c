"""Programs that check mail for harm open every link of every mail that there is: nothing is signed, joined or left."""

from __future__ import annotations

from campaign.mail.rendering import write
from campaign.settings import ROOT
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.test_mine import LINK, OURS, part, tables, walked

# Every mail to a supporter: what lies in the folder, so that none that is added is forgotten.
MAILS = sorted(it.name.removesuffix(".subject.txt") for it in (ROOT / "templates" / "mail").glob("*.subject.txt"))


def test_who_opens_every_link_of_every_mail_signs_joins_and_leaves_nothing(
    site: Site, values: dict[str, object], hour: Hour
) -> None:
    assert len(MAILS) >= 12
    starts = {str(it) for it in values["more"]}  # type: ignore[attr-defined]
    for name in MAILS:
        mail = write(
            name, "en", ("Office", "office@example.org"), "ada@example.org", "<1@example.org>", hour.now, values
        )
        found = {it for text in (part(mail), part(mail, "html")) for it in LINK.findall(text) if it.startswith(OURS)}
        assert found, name
        starts |= found
    paths = sorted({it.removeprefix(OURS).partition("#")[0] for it in starts})
    kinds = {"confirm", "m", "mine", "sign", "undo", "unsubscribe", "network", "leave", "actions", "answer"}
    assert {it.split("/")[2] for it in paths} == kinds
    before = tables(site.storage)
    visited = [path for path, _ in walked(site, paths)]
    assert {it for it in paths if it not in visited} == set()
    assert tables(site.storage) == before

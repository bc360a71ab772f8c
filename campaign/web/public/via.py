"""The page of an action for who came by a tagged link: the page of everyone, with the tag in its form.

It is made of the page that is kept, by putting a field in: whoever makes tags up has no page rendered, and takes no
place in any cache. Nothing else on the page knows the tag, so nothing that is copied, shared or followed carries it.
"""

from __future__ import annotations

import re

from campaign.web.assets import asset
from campaign.web.compression import Common

FIELD = "via"
# Of the signing form, which is the first to have one.
_TOKEN = re.compile(rb'<input [^<>]*name="token"')


def tagged(page: Common, via: str) -> Common:
    """The page with a tag that is one (`visits.tag`); as it is where it takes no signatures."""
    found = _TOKEN.search(page.body)
    if found is None:
        return page
    at = found.start()
    field = f'<input type="hidden" name="{FIELD}" value="{via}">'.encode()
    body = page.body[:at] + field + page.body[at:]
    # Their scripts are one file too, with a line that takes the tag out of the address.
    body = body.replace(asset("public.js").encode(), asset("tagged.js").encode(), 1)
    return Common(body, f"{page.etag}-{via}")

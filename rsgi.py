"""What `campaign web` has Granian load, in each of its processes: `granian --interface rsgi rsgi:app`."""

import sys
from functools import partial
from multiprocessing import parent_process
from typing import cast

from campaign import create_app, orphans
from campaign.settings import Settings
from campaign.web.app_state import Door
from campaign.web.front import Front
from campaign.web.organise.account.sessions import is_signed_in

# In a process that a server keeps, and not in a server that somebody started from a shell and went.
if parent_process() is not None:
    orphans.end_with_parent()

# Whoever comes back from the disk with the turn to write waits this long, at most, for a thread that is computing:
# Python's own 5 ms are several signatures long, and every other writer waits with it.
sys.setswitchinterval(0.0005)

settings = Settings.from_environment()
_flask = create_app(settings)
_door = cast(Door, _flask.extensions["campaign"])
app = Front(
    _flask.wsgi_app,
    _door.layer,
    partial(is_signed_in, _door),
    threads=settings.web_threads,
    # The more sign at one moment, the more share a commit. On PostgreSQL each would hold a connection instead.
    signing_threads=16 if _door.storage.shares_commits else settings.web_threads,
    proxies=settings.proxies,
    **({"answered": _flask.extensions["campaign_counted"].answered} if settings.metrics_token else {}),
)

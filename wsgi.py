"""What a WSGI server loads: `granian --interface wsgi wsgi:app`."""

import sys
from multiprocessing import parent_process

from campaign import create_app, logs, orphans
from campaign.settings import Settings

# In a process that a server keeps, and not in a server that somebody started from a shell and went.
if parent_process() is not None:
    orphans.end_with_parent()

# Whoever comes back from the disk with the turn to write waits this long, at most, for a thread that is computing:
# Python's own 5 ms are several signatures long, and every other writer waits with it.
sys.setswitchinterval(0.0005)

settings = Settings.from_environment()
logs.configure(settings)
app = create_app(settings)

"""An object store of this machine: moto's server, which speaks S3 over HTTP as strangers' servers do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.error import URLError

from tests.ports import held

BUCKET = "campaign"
_SERVES = """
import sys
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
ThreadedMotoServer("127.0.0.1", int(sys.argv[1]), verbose=False).start()
import signal
signal.pause()
"""


@dataclass
class ObjectStore:
    """A server with one bucket, which can be killed and started again; it then has forgotten everything."""

    port: int
    url: str = f"s3://{BUCKET}/files"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What whoever stores there is told, in the names that every client of S3 knows."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "a key",
            "AWS_SECRET_ACCESS_KEY": "a secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def start(self) -> None:
        """Serve, with an empty bucket."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVES, str(self.port)], env=kept, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            asked = urllib.request.Request(f"{self.address}/{BUCKET}", method="PUT", headers=_SIGNED)
            with suppress(URLError, ConnectionError), closing(urllib.request.urlopen(asked, timeout=30)):
                return
            assert self.process.poll() is None
            time.sleep(0.1)
        raise AssertionError("the object store never answered")

    def suspend(self) -> None:
        """Let it hang: it takes connections and answers none."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """What was suspended answers."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a machine that fails."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


# moto looks at no signature, and wants to see that there is one.
_SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, Signature=x"}


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """One that serves until the block ends."""
    with held() as port:
        opened = ObjectStore(port)
        opened.start()
        try:
            yield opened
        finally:
            opened.kill()

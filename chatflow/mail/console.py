"""Writes mails into a folder, one readable file each, for an installation that has no mail server.

They are written to no log: logs are kept and shipped, and a mail has an address in it, and often a link that lets in.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path

import structlog

from chatflow.errors import Unavailable
from chatflow.ids import new_id
from chatflow.mail.composing import compose
from chatflow.mail.port import Mail

log = structlog.get_logger(__name__)

# The oldest go first: whoever waits for a mail looks for one of the last.
KEPT_AT_MOST = 200


class ConsoleMailer:
    """Writes each mail into `folder`, and says in the log which file it is."""

    def __init__(
        self, folder: Path, *, sender: Address, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._folder = folder
        self._sender = sender
        self._now = now

    async def send(self, mail: Mail) -> None:
        now = self._now()
        message = compose(mail, sender=self._sender, now=now)
        headers = "".join(f"{name}: {value}\n" for name, value in message.items() if not is_of_the_parts(name))
        try:
            file = await asyncio.to_thread(self._write, f"{headers}\n{mail.text}\n")
        except OSError as error:
            raise Unavailable(f"a mail cannot be written: {error.strerror}") from None
        log.info("a mail was written", file=str(file))

    async def close(self) -> None:
        """Nothing is open."""

    def _write(self, text: str) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Its name begins with the time.
        file = self._folder / f"{new_id()}.txt"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        for old in sorted(self._folder.glob("*.txt"))[:-KEPT_AT_MOST]:
            old.unlink(missing_ok=True)
        return file


def is_of_the_parts(header: str) -> bool:
    """Tell whether the header says how the parts of a mail are put together, of which the file shows one."""
    return header.lower().startswith(("content-", "mime-"))

"""Prepares a machine for the tests: builds what must be built and says of each server whether it starts here."""

import sys
import tempfile
import time
from pathlib import Path

from tests.servers import ServerMissing, open_ferretdb, open_mongodb, open_postgresql, open_rabbitmq, open_valkey


def main() -> int:
    missing = 0
    openings = {
        "valkey": open_valkey,
        "postgresql": open_postgresql,
        "mongodb": open_mongodb,
        "ferretdb": lambda folder: open_ferretdb(folder, say=say),
        "rabbitmq": open_rabbitmq,
    }
    with tempfile.TemporaryDirectory(prefix="chatflow-servers-") as folder:
        for name, opening in openings.items():
            started = time.monotonic()
            try:
                with opening(Path(folder) / name):
                    say(f"{name}: starts in {time.monotonic() - started:.1f} s")
            except ServerMissing as reason:
                missing += 1
                say(f"{name}: missing ({reason})")
    return min(missing, 1)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""schemathesis asks the running product all that the document of REST describes: as stranger, member and owner.

It makes requests that the document allows and such that it does not, and follows the links from answers to further
requests. No answer may be a 5xx, or one that the document does not have: another status, type, header, or field.

`make api-check` runs it for longer: `python -m tests.journeys.documented --seconds N --seed N`.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.actors import Actor
from tests.actors.actor import PASSWORD
from tests.journeys.system import ROOT, open_system

DOCUMENT = ROOT / "docs" / "api" / "openapi.json"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# What the document gives as examples; each limit of each parameter; what comes to mind; along the links.
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# On a machine that does much else.
STOPS_WITHIN_SECONDS = 900
# They would end the session of whoever asks all the rest; what they do has tests of its own.
ENDS_THE_SESSION = ("log_out", "log_out_everywhere", "change_password")


@dataclass(frozen=True)
class Caller:
    """Who asks; the ids are of things that are there for them."""

    name: str
    username: str | None = None
    ids: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What schemathesis found."""

    failed: bool
    output: str

    @property
    def cases(self) -> int:
        """How many requests were made."""
        found = re.search(r"^ +(\d+) generated", self.output, re.MULTILINE)
        return int(found[1]) if found else 0


async def settle(url: str) -> list[Caller]:
    """Let an owner and a member talk, so that there is something to ask for, and return all who will ask."""
    async with Actor(url, "olive") as olive, Actor(url, "mel") as mel:
        await olive.register()
        await mel.register()
        phone, laptop = await olive.connect(), await mel.connect()
        room_id = await phone.create_room("harbour", members=[mel.id])
        said = await laptop.send(room_id, f"hello <@{olive.id}>")
        answered = await phone.send(room_id, "a reply", thread=said["id"], reply_to=said["id"])
        await phone.request("reaction:add", {"room_id": room_id, "id": said["id"], "emoji": "👍"})
        await phone.request("message:pin", {"room_id": room_id, "id": said["id"]})
        ids = {
            "room_id": [room_id],
            "message_id": [said["id"], answered["id"]],
            "user_id": [olive.id, mel.id],
        }
        return [Caller("stranger"), Caller("member", mel.username, ids), Caller("owner", olive.username, ids)]


def ask_everything(
    url: str, caller: Caller, *, seed: int, cases: int = 0, seconds: int = 0, phases: tuple[str, ...] = PHASES
) -> Outcome:
    """Run schemathesis with at most so many cases of each kind for an operation, or else for so long."""
    left_out = ENDS_THE_SESSION if caller.username else ()
    with tempfile.TemporaryDirectory(prefix="chatflow-schemathesis-") as folder:
        closed = Path(folder) / "openapi.json"
        closed.write_text(json.dumps(close(json.loads(DOCUMENT.read_text()))))
        config = Path(folder) / "schemathesis.toml"
        config.write_text(config_text(caller))
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "--no-color", "--config-file", str(config)),
            *("run", str(closed)),
            *("--url", url, "--checks", ",".join(CHECKS), "--seed", str(seed)),
            *(("--max-examples", str(cases)) if cases else ("--max-time", str(seconds))),
            *("--continue-on-failure", "--phases", ",".join(phases)),
            *(argument for name in left_out for argument in ("--exclude-operation-id", name)),
        ]
        # Beside what it is given, it would keep examples in the working folder.
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, env=environment(), timeout=seconds + 900
        )
    return Outcome(failed=done.returncode != 0, output=done.stdout + done.stderr)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CHATFLOW_"))}


def config_text(caller: Caller) -> str:
    """Return the settings: how the caller signs in, again whenever a session has ended, and which ids there are."""
    # Other methods than those described are refused before anything is looked at.
    lines = ["[phases.coverage]", "unexpected-methods = []"]
    for name, values in caller.ids.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    if caller.ids:
        lines += ["[parameters]"]
        lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.8 }}' for name in caller.ids]
    if caller.username:
        lines += [
            "[auth.dynamic.openapi.access_token]",
            'path = "/api/auth/login"',
            f"payload = {{ login = {json.dumps(caller.username)}, password = {json.dumps(PASSWORD)} }}",
            'extract_selector = "/access"',
        ]
    return "\n".join(lines) + "\n"


def close(document: dict[str, Any]) -> dict[str, Any]:
    """Let no answer have a field that the document does not name, which it allows for the sake of later versions."""
    schemas = document["components"]["schemas"]
    answers = [
        answer
        for methods in document["paths"].values()
        for one in methods.values()
        for answer in one["responses"].values()
    ]
    waiting = [*references(answers), *references(document["components"]["responses"])]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop().rpartition("/")[2]
        if name in schemas and name not in seen:
            seen.add(name)
            waiting += references(schemas[name])
            if schemas[name].get("properties"):
                schemas[name].setdefault("additionalProperties", False)
    return document


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=300, help="for each of the three callers")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="chatflow-api-check-") as folder, open_system(Path(folder)) as system:
        for caller in asyncio.run(settle(system.url)):
            run = ask_everything(system.url, caller, seconds=wanted.seconds, seed=wanted.seed)
            sys.stdout.write(
                run.output if run.failed else f"{caller.name}: {run.cases} requests, nothing undocumented\n"
            )
            sys.stdout.flush()
            failed |= run.failed
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()

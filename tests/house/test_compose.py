"""compose.yaml: it is valid, demands its secrets, and lets only those services reach each other that need to."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from chatflow.process.settings import LIMITS, PREFIX, Settings, unknown_variables
from tests.house.compose import (
    EXAMPLE,
    ROOT,
    SERVICES,
    all_secrets,
    environments,
    filled_in,
    read_config,
    secret_names,
    written,
)

DEMAND = re.compile(r"\$\{(?P<name>[A-Z_]+):\?[^}]*\b(?P=name)\b[^}]*\}")
CHOICE = re.compile(r"\$\{(?P<name>[A-Z_]+):-(?P<default>[^}]*)\}")
SECRET_NAME = re.compile(r"PASS|SECRET|KEY|AUTH")
URL_PASSWORD = re.compile(r"://[^/@\s]*:(?P<password>\$\{[^}]*\}|[^@\s]+)@")
DATABASES = ("postgres", "mongo", "rabbitmq")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What docker-compose makes of the file when every secret is given."""
    done = read_config(all_secrets(), folder=tmp_path_factory.mktemp("compose"))
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = yaml.safe_load(done.stdout)
    return content


def test_docker_compose_reads_it_when_every_secret_is_given(config: dict[str, Any]) -> None:
    assert set(config["services"]) == set(written()["services"])


@pytest.mark.parametrize("name", all_secrets())
def test_a_missing_secret_is_an_error_that_names_it(name: str, tmp_path: Path) -> None:
    secrets = all_secrets()
    del secrets[name]

    done = read_config(secrets, folder=tmp_path)

    assert done.returncode != 0
    assert f"set {name} in .env" in done.stderr


def test_the_command_that_the_example_shows_makes_every_secret(tmp_path: Path) -> None:
    command = re.search(r"^# +(\(umask .*)$", EXAMPLE.read_text(), re.MULTILINE)
    assert command is not None
    (tmp_path / EXAMPLE.name).write_text(EXAMPLE.read_text())

    subprocess.run(["bash", "-euc", command[1]], cwd=tmp_path, check=True)

    made = tmp_path / ".env"
    values = dict(re.findall(r"^([A-Z_]+)=(.{64})$", made.read_text(), re.MULTILINE))
    assert made.stat().st_mode & 0o777 == 0o600
    assert sorted(values) == sorted(secret_names())
    assert len(set(values.values())) == len(values)
    assert read_config(values | filled_in(), folder=tmp_path).returncode == 0


def test_the_example_lists_what_the_file_asks_for_with_the_same_defaults() -> None:
    text = (ROOT / "compose.yaml").read_text()

    assert sorted({match["name"] for match in DEMAND.finditer(text)}) == sorted(all_secrets())
    assert {(match["name"], match["default"]) for match in CHOICE.finditer(text)} == set(
        re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    )


def test_limits_are_the_same_in_containers_as_without() -> None:
    told = {match["name"]: match["default"] for match in CHOICE.finditer((ROOT / "compose.yaml").read_text())}

    assert {name: told[f"{PREFIX}{name.upper()}"] for name in LIMITS} == {
        name: str(getattr(Settings(), name)) for name in LIMITS
    }


def test_no_secret_is_written_down() -> None:
    named = [
        value
        for environment in environments().values()
        for name, value in environment.items()
        if SECRET_NAME.search(name)
    ]
    within_urls = [
        match["password"]
        for environment in environments().values()
        for value in environment.values()
        for match in URL_PASSWORD.finditer(value)
    ]

    assert len(named) >= 10
    assert len(within_urls) >= 5
    assert [value for value in [*named, *within_urls] if not DEMAND.fullmatch(value)] == []


def test_every_setting_that_is_named_exists() -> None:
    told = {name for environment in environments().values() for name in environment}
    asked = re.findall(rf"\b{PREFIX}[A-Z_]+\b", EXAMPLE.read_text() + (ROOT / "Dockerfile").read_text())

    assert unknown_variables([*told, *asked]) == set()


@pytest.mark.parametrize(("service", "package"), SERVICES.items())
def test_a_service_takes_the_settings_that_it_is_told(service: str, package: str, config: dict[str, Any]) -> None:
    told = config["services"][service]

    shown = subprocess.run(
        [sys.executable, *told["command"][1:], "--settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **told["environment"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown.returncode == 0, shown.stderr
    assert told["command"] == ["python", "-m", package]


@pytest.mark.parametrize("service", SERVICES)
def test_each_container_of_a_service_goes_by_a_name_of_its_own(service: str) -> None:
    """Two workers of one name would take each other's commands; without a setting it is the container's host name."""
    assert f"{PREFIX}PROCESS_NAME" not in environments()[service]
    assert not {"hostname", "container_name"} & set(written()["services"][service])
    assert Settings().process_name == socket.gethostname()


def test_every_container_is_checked_limited_and_pinned() -> None:
    built = {"web", *SERVICES}
    for name, service in written()["services"].items():
        # Django takes no host name with an underscore.
        assert "_" not in name
        assert service["mem_limit"], name
        assert service["stop_grace_period"], name
        # Those that we build bring their check in the image.
        assert ("healthcheck" in service) == (name not in built), name
        assert re.search(r":(v?\d|\$\{TAG:-)", service["image"]), name


def test_who_waits_for_another_waits_until_it_is_healthy() -> None:
    waits = {
        (name, awaited): how["condition"]
        for name, service in written()["services"].items()
        for awaited, how in service.get("depends_on", {}).items()
    }

    assert set(waits.values()) == {"service_healthy"}
    assert {awaited for _, awaited in waits} <= set(written()["services"])


def test_the_databases_are_out_of_reach_for_what_faces_the_world() -> None:
    networks = {name: set(service["networks"]) for name, service in written()["services"].items()}

    assert written()["networks"]["data"]["internal"]
    assert written()["networks"]["app"]["internal"]
    for database in DATABASES:
        assert "data" in networks[database]
        assert not networks["web"] & networks[database]
        # The gateway is scraped where the broker is scraped; it has no password of it, and no way to the stores.
        assert "data" not in networks["gateway"]
    assert networks["web"] == {"edge"}


def test_only_nginx_listens_to_other_machines() -> None:
    ports = {name: service["ports"] for name, service in written()["services"].items() if "ports" in service}

    assert sorted(ports) == ["grafana", "web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["grafana"])

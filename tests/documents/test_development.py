"""docs/development.md: its examples, applied to the code, pass the checks, and a forgotten step fails a test."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "development.md"
BLOCK = re.compile(r"^```diff\n\+\+\+ (?P<file>\S+)\n(?P<hunks>.*?)^```$", re.MULTILINE | re.DOTALL)
# What is no source, is secret, or too large to copy.
LEFT_OUT = (".git", ".venv", ".env", "node_modules", "var", "build", "__pycache__", ".hypothesis", ".*_cache")
MIGRATIONS = ROOT / "message_service" / "stores" / "sqlite" / "migrations"
NEXT_NUMBER = f"{len(list(MIGRATIONS.glob('m*.py'))) + 1:04}"
MAKE_DJANGOS_STEPS = (
    "-m user_service.manage makemigrations user_accounts --name pronouns",
    "-m notification_service.manage makemigrations notifications --name rooms",
)

SCRIPTS = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "--basetemp", "../pytest"]
TYPED = ("chatflow", "chat_service", "message_service", "user_service", "notification_service", "gateway/web/status.py")
RULES = "tests/chat_service/deciding"
RIGHTS = "tests/security/test_rights.py"
CHECKS = {
    "format": [str(SCRIPTS / "ruff"), "format", "--check", "."],
    "lint": [str(SCRIPTS / "ruff"), "check", "."],
    "types": [sys.executable, "-m", "mypy", *TYPED],
    "documents": [sys.executable, "-m", "scripts.api_documents"],
    "imports": [str(SCRIPTS / "lint-imports")],
    "rights": [*PYTEST, RIGHTS, "-k", "names_every or ones_own or member-open or reader-open"],
    # Not those that measure, or try what comes to mind.
    "rules": [*PYTEST, RULES, "-k", "(_rules and not at_random) or test_repeated_commands or test_commands"],
    "contracts": [
        *PYTEST,
        *("-k", "not mongodb"),
        *("tests/contracts/test_wire.py", "tests/contracts/test_message_store_migrations.py"),
        "tests/contracts/test_message_store_versions.py",
    ],
    "tables": [
        *PYTEST,
        *("tests/chatflow/test_errors.py", "tests/chat_ui/test_texts.py", "tests/notification_service/deciding"),
        "tests/user_service/accounts/test_migrations.py",
        "tests/notification_service/stores/test_migrations.py::test_no_model_is_ahead_of_its_migrations",
        "tests/house/test_compose.py::test_the_example_lists_what_the_file_asks_for_with_the_same_defaults",
        "tests/notification_service/test_service.py::test_preferences_are_kept_and_obeyed",
    ],
}
TABLE = f"{RIGHTS}::test_the_table_names_every_event_and_every_route"
COMMANDS = "tests/chat_service/deciding/rules/test_commands.py"
STEPS = "tests/contracts/test_message_store_migrations.py::test_both_servers_take_the_same_steps"
# The file and the words of a line that somebody forgot; the test that says so, and the words by which it does.
FORGOTTEN = {
    "the rights of a command": ("tests/security/rights.py", "room:nudge", TABLE, "room:nudge"),
    "the event of a command": ("chat_service/deciding/repeated_commands.py", "NudgeRoom", COMMANDS, "NudgeRoom"),
    "the step of the other server": ("message_service/stores/mongodb/migrations/", "", STEPS, "members_by_role"),
}


class Misfit(Exception):
    """A block of the page that fits nowhere in its file, or in several places."""


@contextmanager
def developed_checkout(*, but: Collection[tuple[str, str]] = ()) -> Iterator[Path]:
    """Copy the checkout and apply each hunk of the page, but for those of a file in which these words stand."""
    with TemporaryDirectory(prefix="chatflow-development-") as folder:
        checkout = shutil.copytree(ROOT, Path(folder) / "checkout", ignore=shutil.ignore_patterns(*LEFT_OUT))
        for block in BLOCK.finditer(PAGE.read_text()):
            for hunk in block["hunks"].split("@@\n"):
                if not any(block["file"].startswith(file) and words in hunk for file, words in but):
                    apply(hunk, checkout / block["file"].replace("NNNN", NEXT_NUMBER))
        yield checkout


def apply(hunk: str, file: Path) -> None:
    lines = hunk.splitlines()
    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    if not before:
        with file.open("x") as new:
            new.write(f"{after}\n")
        return
    text = file.read_text()
    if text.count(before) != 1:
        raise Misfit(f"{file}: {before!r} stands there {text.count(before)} times")
    file.write_text(text.replace(before, after))


def run(command: list[str], checkout: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command in the copy, as a developer would there."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # For the test that asks the history; nothing writes to it.
    environment["GIT_DIR"] = str(ROOT / ".git")
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """A copy of the checkout with all examples of the page applied."""
    with developed_checkout() as checkout:
        for make_step in MAKE_DJANGOS_STEPS:
            assert make_step in PAGE.read_text()
            made = [sys.executable, *make_step.split()]
            subprocess.run(made, cwd=checkout, capture_output=True, check=True)
        yield checkout


# A quarter of a minute and more each.
SLOW = ("rights", "tables", "types")


@pytest.mark.parametrize(
    "check", [pytest.param(name, marks=pytest.mark.long) if name in SLOW else name for name in CHECKS]
)
def test_what_the_page_adds_holds_together(checkout: Path, check: str) -> None:
    done = run(CHECKS[check], checkout)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_what_is_forgotten_is_found(forgotten: str) -> None:
    file, words, test, told = FORGOTTEN[forgotten]
    with developed_checkout(but=[(file, words)]) as checkout:
        done = run([*PYTEST, test], checkout)

    assert done.returncode == 1, done.stdout + done.stderr
    assert told in done.stdout

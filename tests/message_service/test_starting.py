"""Starting message_service: what it demands, and what it says on one line where it cannot."""

import signal
from pathlib import Path

import pytest

from tests.message_service.service import MessageService
from tests.message_service.user_service_edge import UserServiceEdge


@pytest.fixture
def unstarted(tmp_path: Path, user_service: UserServiceEdge) -> MessageService:
    return MessageService(tmp_path, user_service=user_service)


def refusal(service: MessageService, **changed: str | None) -> str:
    """Return the one line with which it ends; anything else that it says is a log line."""
    process = service.spawn(**changed)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1, output
    lines = [line for line in output.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, output
    return str(lines[0])


@pytest.mark.parametrize("name", ["CHATFLOW_SERVICE_SECRET", "CHATFLOW_DJANGO_SECRET_KEY"])
def test_it_does_not_start_without_its_secrets(unstarted: MessageService, name: str) -> None:
    assert refusal(unstarted, **{name: None}) == f"error: not set: {name}"


def test_a_folder_that_is_not_there_is_named(unstarted: MessageService, tmp_path: Path) -> None:
    line = refusal(unstarted, CHATFLOW_DATA_DIR=str(tmp_path / "missing"))

    assert line == f"error: {tmp_path}/missing/messages.db: unable to open database file"


def test_a_file_that_is_no_database_is_named(unstarted: MessageService, tmp_path: Path) -> None:
    (tmp_path / "messages.db").write_bytes(b"not a database " * 100)

    assert refusal(unstarted) == f"error: {tmp_path}/messages.db: file is not a database"


def test_a_store_of_a_kind_that_nobody_knows_is_refused(unstarted: MessageService) -> None:
    line = refusal(unstarted, CHATFLOW_MESSAGE_STORE_URL="oracle://user:hunter2@host/db")

    assert line.startswith("error: CHATFLOW_MESSAGE_STORE_URL: sqlite:///PATH or mongodb://HOST/DATABASE, not oracle")
    assert "hunter2" not in line


def test_a_mongodb_that_does_not_answer_is_an_error_on_one_line(unstarted: MessageService) -> None:
    url = "mongodb://127.0.0.1:1/chatflow?serverSelectionTimeoutMS=100"

    assert "127.0.0.1:1" in refusal(unstarted, CHATFLOW_MESSAGE_STORE_URL=url)


def test_it_stops_cleanly_when_asked_to(unstarted: MessageService) -> None:
    unstarted.start()
    assert unstarted.process is not None

    unstarted.process.send_signal(signal.SIGTERM)
    unstarted.process.communicate(timeout=8)

    assert unstarted.process.returncode == 0

"""Without a mail server, mails are files that one can read, and no log has them."""

import stat
from email.headerregistry import Address
from pathlib import Path

import msgspec
import pytest

from chatflow.errors import Unavailable
from chatflow.mail import console
from chatflow.mail.console import ConsoleMailer
from chatflow.mail.port import Mail, MailRefused

SENDER = Address("ChatFlow", addr_spec="chat@example.com")
MAIL = Mail(
    to="kim@example.com",
    subject="메일 주소 확인",
    text="https://chat.example.com/confirm-email#abc",
    html="<p>no</p>",
    message_id="one@example.com",
    headers={"List-Unsubscribe": "<https://chat.example.com/u>"},
)


def texts_in(folder: Path) -> list[str]:
    return [file.read_text() for file in sorted(folder.iterdir())]


async def test_a_mail_is_a_file_that_its_owner_alone_can_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await ConsoleMailer(tmp_path / "mail", sender=SENDER).send(MAIL)

    [file] = (tmp_path / "mail").glob("*")
    lines = file.read_text().splitlines()
    assert {"To: kim@example.com", "Subject: 메일 주소 확인", "List-Unsubscribe: <https://chat.example.com/u>"} <= set(
        lines
    )
    assert lines[-1] == MAIL.text
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    printed = capsys.readouterr()
    assert file.name in printed.out
    assert "kim" not in printed.out + printed.err
    assert "abc" not in printed.out + printed.err


async def test_the_latest_mails_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "KEPT_AT_MOST", 3)
    mailer = ConsoleMailer(tmp_path, sender=SENDER)
    for number in range(5):
        await mailer.send(msgspec.structs.replace(MAIL, text=f"mail {number}"))

    assert [text.splitlines()[-1] for text in texts_in(tmp_path)] == ["mail 2", "mail 3", "mail 4"]


async def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")

    with pytest.raises(Unavailable):
        await ConsoleMailer(tmp_path / "mail", sender=SENDER).send(MAIL)


async def test_a_mail_that_no_server_would_take_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(MailRefused):
        await ConsoleMailer(tmp_path, sender=SENDER).send(
            msgspec.structs.replace(MAIL, subject="a\nBcc: b@example.com")
        )

    assert texts_in(tmp_path) == []

"""The settings say how mail leaves; what they say wrongly is refused at the start, and never repeated."""

from pathlib import Path

import pytest

from chatflow.mail.console import ConsoleMailer
from chatflow.mail.opening import open_mailer
from chatflow.mail.smtp import SmtpMailer
from chatflow.process.mail_addresses import mail_server_of, sender_of
from chatflow.process.settings import Settings, SettingsError, masked_lines, read_settings


def test_without_a_server_mail_is_written_into_the_data_folder(tmp_path: Path) -> None:
    assert isinstance(open_mailer(Settings(data_dir=tmp_path)), ConsoleMailer)
    assert isinstance(open_mailer(Settings(data_dir=tmp_path, mail_url="")), ConsoleMailer)


def test_a_server_needs_a_sender() -> None:
    url = "smtp://mail.example.com"
    with pytest.raises(SettingsError, match="CHATFLOW_MAIL_FROM"):
        open_mailer(Settings(mail_url=url))

    assert isinstance(open_mailer(Settings(mail_url=url, mail_from="Chat <chat@example.com>")), SmtpMailer)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("smtp://mail.example.com", "mail.example.com", 25),
        ("smtp://a:b@mail.example.com", "mail.example.com", 587),
        ("smtps://a:b@mail.example.com/", "mail.example.com", 465),
        ("smtp://[::1]:2525", "::1", 2525),
    ],
)
def test_a_port_that_is_left_out_is_the_usual_one(url: str, host: str, port: int) -> None:
    server = mail_server_of(url)

    assert server is not None
    assert (server.host, server.port) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        "smtp:",
        "smtp://",
        "mail.example.com",
        "http://mail.example.com",
        "console:/x",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com:99999",
        "smtp://chat@mail.example.com",
        "smtp://chat:hunter/2@mail.example.com",
        "smtp://chat:1hunter2#@mail.example.com",
        "smtp://chat:hunter?2@mail.example.com",
        "smtp://chat:hunter2@mail.example.com/path",
        "smtp://chat:hunter2@[mail.example.com",
    ],
)
def test_a_url_that_names_no_server_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^CHATFLOW_MAIL_URL: [^\n]*$") as caught:
        read_settings({"CHATFLOW_MAIL_URL": url})

    shown = f"{caught.value} {caught.value.__cause__!r}"
    assert "hunter" not in shown
    assert "mail.example.com" not in shown


@pytest.mark.parametrize("sender", ["chat", "a@b.example, c@d.example", "Chat <chat@>", "@b.example", "a\n@b.example"])
def test_a_sender_that_is_none_is_refused(sender: str) -> None:
    with pytest.raises(SettingsError, match=r"^CHATFLOW_MAIL_FROM: it is not an e-mail address$"):
        read_settings({"CHATFLOW_MAIL_FROM": sender})


def test_a_sender_may_have_a_name() -> None:
    sender = sender_of("채팅 <chat@한국.kr>")

    assert (sender.display_name, sender.addr_spec) == ("채팅", "chat@xn--3e0b707e.kr")


def test_a_password_shows_neither_in_the_settings_nor_in_the_server() -> None:
    url = "smtp://chat:hunter2@mail.example.com"
    printed = "\n".join(masked_lines(Settings(mail_url=url)))

    assert "CHATFLOW_MAIL_URL=smtp://chat:**********@mail.example.com" in printed
    assert "hunter2" not in f"{printed} {mail_server_of(url)!r} {mail_server_of(url)}"

"""Mails reach a real mail server as they were written; each of its answers means what the port says."""

import asyncio
import time
from collections.abc import Iterator
from email.headerregistry import Address
from pathlib import Path

import msgspec
import pytest

from chatflow.errors import Unavailable
from chatflow.mail.port import Mail, MailRefused
from chatflow.mail.smtp import SmtpMailer, starts_tls
from chatflow.process.mail_addresses import MailServer as ServerAddress
from chatflow.process.mail_addresses import mail_server_of
from tests.servers.certificates import make_certificate, server_context
from tests.servers.mail import MailServer, run_mail_server, text_of, tls_options
from tests.servers.ports import find_free_port

SENDER = Address("ChatFlow 채팅", addr_spec="chat@example.com")
MAIL = Mail(
    to="kim@example.com",
    subject="확인해 주세요: 메일 주소",
    text="안녕하세요.\n.\nBye\n",
    html="<p>안녕하세요 <b>김</b></p>",
    message_id="one@example.com",
    headers={"List-Unsubscribe": "<https://chat.example.com/u>"},
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


def address_of(url: str) -> ServerAddress:
    server = mail_server_of(url)
    assert server is not None
    return server


def mailer_for(url: str, *, send_within_seconds: float = 60.0) -> SmtpMailer:
    return SmtpMailer(address_of(url), sender=SENDER, send_within_seconds=send_within_seconds)


async def test_a_mail_arrives_as_it_was_written(server: MailServer) -> None:
    await mailer_for(server.url).send(MAIL)

    [mail] = server.mails
    assert server.recipients == ["kim@example.com"]
    assert (mail["From"], mail["To"], mail["Subject"]) == (str(SENDER), MAIL.to, MAIL.subject)
    assert (mail["Message-ID"], mail["List-Unsubscribe"]) == ("<one@example.com>", "<https://chat.example.com/u>")
    assert text_of(mail).replace("\r\n", "\n") == MAIL.text
    assert text_of(mail, "html").strip() == MAIL.html


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\r\nBcc: victim@example.com"},
        {"subject": "Hello\nBcc: victim@example.com"},
        {"to": "kim@example.com\r\nBcc: victim@example.com"},
        {"to": "kim@example.com>\r\nRCPT TO:<victim@example.com"},
        {"to": "kim@example.com, victim@example.com"},
        {"to": "Kim <kim@example.com>"},
        {"to": "kim"},
        {"to": "@"},
        {"message_id": "one@example.com>\r\nBcc: <victim@example.com"},
        {"headers": {"List-Unsubscribe": "x\r\nBcc: victim@example.com"}},
        {"headers": {"X: y\r\nBcc": "victim@example.com"}},
        {"headers": {"To": "victim@example.com"}},
    ],
)
async def test_nothing_is_smuggled_into_a_mail(server: MailServer, changes: dict[str, object]) -> None:
    with pytest.raises(MailRefused) as caught:
        await mailer_for(server.url).send(msgspec.structs.replace(MAIL, **changes))

    assert "victim" not in str(caught.value)
    assert (server.mails, server.recipients) == ([], [])


async def test_an_address_of_a_domain_in_another_script_is_written_in_ascii(server: MailServer) -> None:
    await mailer_for(server.url).send(msgspec.structs.replace(MAIL, to="kim@한국.kr"))

    assert server.recipients == ["kim@xn--3e0b707e.kr"]


async def test_a_name_in_another_script_needs_a_server_that_knows_it() -> None:
    mail = msgspec.structs.replace(MAIL, to="김@example.com")
    with run_mail_server(enable_SMTPUTF8=False) as ignorant:
        with pytest.raises(MailRefused):
            await mailer_for(ignorant.url).send(mail)
        assert ignorant.recipients == []
    with run_mail_server(enable_SMTPUTF8=True) as knowing:
        await mailer_for(knowing.url).send(mail)

        assert knowing.recipients == ["김@example.com"]
        assert knowing.mails[0]["To"] == "김@example.com"


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_an_answer_for_good_is_a_refusal_and_one_for_now_is_not(server: MailServer, command: str) -> None:
    mailer = mailer_for(server.url)
    server.answers[command] = ["550 kim@example.com is nobody", "451 kim@example.com is busy"]

    with pytest.raises(MailRefused, match=r"550$"):
        await mailer.send(MAIL)
    with pytest.raises(Unavailable, match=r"451$"):
        await mailer.send(MAIL)
    await mailer.send(MAIL)

    assert len(server.mails) == 1


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await mailer_for(f"smtp://127.0.0.1:{find_free_port()}").send(MAIL)


async def test_a_server_that_says_nothing_costs_the_deadline_and_no_more(server: MailServer) -> None:
    server.is_silent = True
    started = time.monotonic()

    with pytest.raises(Unavailable, match="in time"):
        await mailer_for(server.url, send_within_seconds=3.0).send(MAIL)

    assert len(server.mails) == 1
    assert time.monotonic() - started < 20


async def test_a_server_that_never_greets_costs_the_deadline_and_no_more() -> None:
    gone = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    silent = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    started = time.monotonic()

    async with silent:
        with pytest.raises(Unavailable):
            await mailer_for(f"smtp://127.0.0.1:{port}", send_within_seconds=1.0).send(MAIL)
        await asyncio.wait_for(gone.wait(), 20)

    assert time.monotonic() - started < 20


async def test_a_password_goes_over_tls_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with run_mail_server(**tls_options(server_context(certificate))) as server:
        await mailer_for(f"smtp://chat%40x:right%2Fp%40ss@localhost:{server.port}").send(MAIL)

        assert server.logins == [("chat@x", "right/p@ss")]
        assert len(server.mails) == 1


async def test_a_server_that_offers_no_tls_gets_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with run_mail_server(auth_require_tls=False) as server:
        monkeypatch.setattr("chatflow.mail.smtp.is_loopback", lambda host: False)
        with pytest.raises(Unavailable):
            await mailer_for(f"smtp://chat:right%2Fp%40ss@127.0.0.1:{server.port}").send(MAIL)

        assert (server.logins, server.mails) == ([], [])


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    context = server_context(make_certificate(tmp_path))
    with run_mail_server(**tls_options(context)) as starting, run_mail_server(ssl_context=context) as wrapped:
        for url in (starting.url, f"smtps://127.0.0.1:{wrapped.port}"):
            with pytest.raises(Unavailable):
                await mailer_for(url).send(MAIL)

        assert starting.mails + wrapped.mails == []


async def test_tls_from_the_first_byte_on_is_spoken_where_the_url_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with run_mail_server(ssl_context=server_context(certificate)) as server:
        await mailer_for(f"smtps://127.0.0.1:{server.port}").send(MAIL)

        assert len(server.mails) == 1


async def test_a_wrong_password_drops_no_mail_and_shows_nowhere(tmp_path: Path) -> None:
    with run_mail_server(auth_require_tls=False) as server, pytest.raises(Unavailable, match=r"535$") as caught:
        await mailer_for(f"smtp://chat:wrong-one@127.0.0.1:{server.port}").send(MAIL)

    assert "wrong-one" not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://a:b@mail.example.com", True),
        ("smtp://a:b@127.0.0.2:25", None),
        ("smtp://a:b@localhost", None),
        ("smtp://a:b@[::1]:25", None),
        ("smtp://mail.example.com", None),
        ("smtps://a:b@mail.example.com", False),
    ],
)
def test_tls_is_demanded_where_a_password_leaves_the_machine(url: str, wanted: bool | None) -> None:
    assert starts_tls(address_of(url)) is wanted

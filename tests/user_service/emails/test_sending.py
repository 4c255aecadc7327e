"""A mail that is owed is sent, whatever becomes of the mail server and of us, and nobody waits for it."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.servers.mail import MailServer, run_mail_server
from tests.user_service.database import execute, query
from tests.user_service.emails.conftest import mail_settings
from tests.user_service.emails.links import email_of, follow, give, me, token_in
from tests.user_service.running import Person, UserService, open_user_service, spawn, wait_until

OWED = "SELECT tries FROM outgoing_mails"


def make_due(database_url: str) -> None:
    """Let all pauses be over."""
    execute(database_url, "UPDATE outgoing_mails SET next_try_at = ?", (datetime.now(UTC),))


def test_a_mail_outlives_a_server_that_is_down_and_a_service_that_is_killed(tmp_path: Path, migrated_url: str) -> None:
    server = MailServer()
    with open_user_service(tmp_path, database_url=migrated_url, **mail_settings(server.url)) as service:
        alice = service.sign_up()
        assert give(service, alice, "alice@example.com").status == 202
        wait_until(lambda: query(migrated_url, OWED) == [(1,)])
    make_due(migrated_url)
    server.start()
    try:
        with open_user_service(tmp_path, database_url=migrated_url, **mail_settings(server.url)) as service:
            [mail] = server.wait_for_mails(1)
            wait_until(lambda: query(migrated_url, OWED) == [])
            assert follow(service, token_in(mail)).status == 204
    finally:
        server.stop()


def test_a_server_that_is_busy_is_asked_again_with_the_same_mail(
    mailing: UserService, mail_server: MailServer, migrated_url: str
) -> None:
    mail_server.answers["DATA"] = ["451 busy", "451 still busy"]
    alice = mailing.sign_up()
    give(mailing, alice, "alice@example.com")
    for tries in (1, 2):
        mail_server.wait_for_tries(tries)
        wait_until(lambda: is_put_off(migrated_url))
        make_due(migrated_url)
    [mail] = mail_server.wait_for_mails(1)

    wait_until(lambda: query(migrated_url, OWED) == [])
    assert mail_server.tries == 3
    assert follow(mailing, token_in(mail)).status == 204


def is_put_off(database_url: str) -> bool:
    """Tell whether the try was noted: the next one is sooner than the lease of a try."""
    [(next_try_at,)] = query(database_url, "SELECT next_try_at FROM outgoing_mails")
    at = next_try_at if isinstance(next_try_at, datetime) else datetime.fromisoformat(next_try_at).replace(tzinfo=UTC)
    return (at - datetime.now(UTC)).total_seconds() < 60


def test_an_address_that_does_not_exist_is_tried_once_and_shown_so(
    mailing: UserService, mail_server: MailServer, migrated_url: str
) -> None:
    mail_server.answers["RCPT"] = ["550 nobody of that name"]
    alice = mailing.sign_up()
    give(mailing, alice, "typo@example.com")
    wait_until(lambda: me(mailing, alice)["email_refused"] is True)

    assert query(migrated_url, OWED) == []
    assert give(mailing, alice, "alice@example.com").body["email_refused"] is False
    mail_server.wait_for_mails(1)


def test_nobody_waits_for_a_mail_server_that_says_nothing(mailing: UserService, mail_server: MailServer) -> None:
    mail_server.is_silent = True
    alice, bob = mailing.sign_up(), mailing.sign_up()
    give(mailing, alice, "alice@example.com")
    mail_server.wait_for_tries(1)
    started = time.monotonic()

    answers = [give(mailing, bob, "bob@example.com").status, mailing.get("/api/users/me", token=bob.access).status]

    assert answers == [202, 200]
    # Far less than the thirty seconds that a try may take.
    assert time.monotonic() - started < 15


def test_two_processes_send_each_mail_once(tmp_path: Path, migrated_url: str, mail_server: MailServer) -> None:
    settings = mail_settings(mail_server.url)
    with (
        open_user_service(tmp_path, database_url=migrated_url, **settings) as one,
        open_user_service(tmp_path, database_url=migrated_url, **settings) as other,
        ThreadPoolExecutor(8) as together,
    ):
        services = [one, other] * 20
        people = list(together.map(lambda service: service.sign_up(), services))
        addresses = [f"{number}@example.com" for number in range(40)]
        given = list(together.map(give, services, people, addresses))
        mail_server.wait_for_mails(40)
        wait_until(lambda: query(migrated_url, OWED) == [])

    assert {answer.status for answer in given} == {202}
    assert Counter(mail_server.recipients) == Counter(addresses)


def test_a_mail_that_is_not_wanted_any_more_is_not_sent(tmp_path: Path, migrated_url: str) -> None:
    server = MailServer()
    with open_user_service(tmp_path, database_url=migrated_url, **mail_settings(server.url)) as service:
        alice, bob = service.sign_up(), service.sign_up()
        give(service, alice, "alice@example.com")
        give(service, bob, "bob@example.com")
        service.ask("DELETE", "/api/users/me/email", token=alice.access)
    make_due(migrated_url)
    server.start()
    try:
        with open_user_service(tmp_path, database_url=migrated_url, **mail_settings(server.url)):
            server.wait_for_mails(1)
            wait_until(lambda: query(migrated_url, OWED) == [])
    finally:
        server.stop()

    assert server.recipients == ["bob@example.com"]


def test_without_a_mail_server_the_link_is_in_a_file_and_no_log_has_it(
    tmp_path: Path, migrated_sqlite_url: str
) -> None:
    settings = {"public_url": "https://chat.example.com"}
    with open_user_service(tmp_path, database_url=migrated_sqlite_url, **settings) as service:
        alice = service.sign_up()
        give(service, alice, "alice@example.com")
        wait_until(lambda: query(migrated_sqlite_url, OWED) == [])
        [file] = (tmp_path / "mail").iterdir()
        [token] = re.findall(r"https://chat\.example\.com/confirm-email#([\w-]+)", file.read_text())
        assert follow(service, token).status == 204
        assert email_of(service, alice) == ("alice@example.com", True, None)

    log = (tmp_path / "log").read_text()
    assert file.name in log
    assert "alice@example.com" not in log
    assert token not in log


def test_no_log_has_an_address_that_was_refused_or_a_password_that_was(
    tmp_path: Path, migrated_sqlite_url: str
) -> None:
    with run_mail_server(auth_require_tls=False) as server:
        server.answers["RCPT"] = ["550 alice@example.com is nobody", "451 alice@example.com is busy"]
        for url in (server.url, f"smtp://chat:hunter2wrong@127.0.0.1:{server.port}"):
            with open_user_service(tmp_path, database_url=migrated_sqlite_url, **mail_settings(url)) as service:
                alice = service.sign_up()
                for _ in range(2):
                    ask_and_see(service, alice)

    log = (tmp_path / "log").read_text()
    assert "a mail was refused" in log
    assert "a mail has to wait" in log
    assert "alice@example.com" not in log
    assert "hunter2wrong" not in log


def ask_and_see(service: UserService, person: Person) -> None:
    """Ask for a mail, and return once the log says what became of it."""
    log = service.folder / "log"
    before = log.read_text().count("a mail ")
    give(service, person, "alice@example.com")
    wait_until(lambda: log.read_text().count("a mail ") > before)


def test_a_mail_server_that_is_none_is_refused_at_the_start(tmp_path: Path, sqlite_url: str) -> None:
    for settings, named in (
        ({"mail_url": "smtp://chat:hunter2@"}, "CHATFLOW_MAIL_URL"),
        ({"mail_url": "smtp://mail.example.com"}, "CHATFLOW_MAIL_FROM"),
    ):
        service = spawn(tmp_path, settings | {"user_database_url": sqlite_url})
        assert service.process.wait(timeout=60) == 1
        [*_, last] = (tmp_path / "log").read_text().splitlines()
        assert last.startswith(f"error: {named}: ")
        assert "hunter2" not in last

"""An address is one's own once the link sent there is followed; until then, and to everybody else, it is nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers.mail import MailServer, run_mail_server, text_of
from tests.user_service.database import execute
from tests.user_service.emails.conftest import mail_settings
from tests.user_service.emails.links import email_of, follow, give, me, token_in
from tests.user_service.running import UserService, open_user_service


def test_an_address_is_confirmed_by_the_link_that_is_sent_there_once(
    mailing: UserService, mail_server: MailServer
) -> None:
    alice = mailing.sign_up()
    before = email_of(mailing, alice)

    given = give(mailing, alice, "Alice@Example.com")
    [mail] = mail_server.wait_for_mails(1)
    waiting = email_of(mailing, alice)
    answers = [follow(mailing, token_in(mail)) for _ in range(2)]

    assert (before, given.status) == ((None, False, None), 202)
    assert given.body["email_pending"] == "Alice@Example.com"
    assert waiting == ("Alice@Example.com", False, "Alice@Example.com")
    assert [answer.status for answer in answers] == [204, 404]
    assert email_of(mailing, alice) == ("Alice@Example.com", True, None)
    assert mail_server.recipients == ["Alice@Example.com"]


def test_an_address_is_shown_to_nobody_else(mailing: UserService, mail_server: MailServer) -> None:
    alice, bob = mailing.sign_up(), mailing.sign_up()
    give(mailing, alice, "alice@example.com")
    follow(mailing, token_in(mail_server.wait_for_mails(1)[0]))

    seen = [
        mailing.get(path, token=bob.access).body
        for path in (f"/api/users/{alice.id}", f"/api/users?ids={alice.id}", f"/api/users?q={alice.username}")
    ]
    inner = mailing.ask_internally("POST", "/internal/users", {"ids": [alice.id], "with_status": True}).body

    assert "email" not in str([*seen, inner])
    assert mailing.get("/api/users?q=alice@example.com", token=bob.access).body["items"] == []


def test_a_link_that_is_unknown_used_replaced_or_old_gets_one_answer(
    mailing: UserService, mail_server: MailServer, migrated_url: str
) -> None:
    alice = mailing.sign_up()
    give(mailing, alice, "old@example.com")
    replaced = token_in(mail_server.wait_for_mails(1)[0])
    give(mailing, alice, "new@example.com")
    used = token_in(mail_server.wait_for_mails(2)[1])
    follow(mailing, used)
    give(mailing, alice, "late@example.com")
    old = token_in(mail_server.wait_for_mails(3)[2])
    execute(migrated_url, "UPDATE email_confirmations SET expires_at = ?", (datetime.now(UTC) - timedelta(seconds=1),))

    answers = [follow(mailing, token) for token in ("x" * 43, "", "\u0000", "김" * 60, replaced, used, old)]

    assert [answer.status for answer in answers] == [404, 400, 400, 404, 404, 404, 404]
    assert len({str(answer.body) for answer in answers if answer.status == 404}) == 1
    assert email_of(mailing, alice) == ("new@example.com", True, "late@example.com")


def test_asked_again_it_is_the_same_link_and_the_one_confirmed_stays_until_the_new_one_is(
    mailing: UserService, mail_server: MailServer
) -> None:
    alice = mailing.sign_up()
    give(mailing, alice, "one@example.com")
    follow(mailing, token_in(mail_server.wait_for_mails(1)[0]))
    for count in (2, 3):
        give(mailing, alice, "two@example.com")
        mail_server.wait_for_mails(count)

    meanwhile = email_of(mailing, alice)
    first, second = map(token_in, mail_server.mails[1:])

    assert meanwhile == ("one@example.com", True, "two@example.com")
    assert first == second
    assert follow(mailing, first).status == 204
    assert email_of(mailing, alice) == ("two@example.com", True, None)
    # The one that is confirmed needs no mail.
    assert give(mailing, alice, "TWO@example.com").body["email_pending"] is None
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 3


def test_an_address_belongs_to_one_account_and_asking_for_it_tells_nothing(
    mailing: UserService, mail_server: MailServer
) -> None:
    alice, mallory = mailing.sign_up(), mailing.sign_up()
    give(mailing, alice, "kim@example.com")
    follow(mailing, token_in(mail_server.wait_for_mails(1)[0]))

    given = give(mailing, mallory, "KIM@example.com")
    token = token_in(mail_server.wait_for_mails(2)[1])

    assert (given.status, given.body["email_pending"]) == (202, "KIM@example.com")
    assert follow(mailing, token).code == "conflict"
    assert email_of(mailing, mallory) == ("KIM@example.com", False, "KIM@example.com")
    assert mailing.ask("DELETE", "/api/users/me/email", token=alice.access).status == 204
    assert follow(mailing, token).status == 204


def test_of_many_who_confirm_one_address_at_once_one_gets_it(tmp_path: Path, migrated_url: str) -> None:
    with run_mail_server() as server:
        settings = mail_settings(server.url)
        with (
            open_user_service(tmp_path, database_url=migrated_url, **settings) as one,
            open_user_service(tmp_path, database_url=migrated_url, **settings) as other,
        ):
            people = [one.sign_up() for _ in range(4)]
            for person in people:
                give(one, person, "kim@example.com")
            tokens = [token_in(mail) for mail in server.wait_for_mails(4)]
            with ThreadPoolExecutor(8) as together:
                answers = list(together.map(follow, [one] * 4 + [other] * 4, tokens * 2))

            # The link of the one who got it is used up then; the others' lead to what is taken.
            assert Counter(answer.status for answer in answers) == {204: 1, 404: 1, 409: 6}
            assert [email_of(one, person)[1] for person in people].count(True) == 1


def test_a_removed_address_is_gone_with_the_one_that_waits(mailing: UserService, mail_server: MailServer) -> None:
    alice = mailing.sign_up()
    give(mailing, alice, "one@example.com")
    follow(mailing, token_in(mail_server.wait_for_mails(1)[0]))
    give(mailing, alice, "two@example.com")
    token = token_in(mail_server.wait_for_mails(2)[1])

    removed = [mailing.ask("DELETE", "/api/users/me/email", token=alice.access).status for _ in range(2)]

    assert removed == [204, 204]
    assert follow(mailing, token).status == 404
    assert email_of(mailing, alice) == (None, False, None)


def test_whoever_registers_with_an_address_gets_the_link_there(mailing: UserService, mail_server: MailServer) -> None:
    alice = mailing.sign_up(email="alice@example.com")
    [mail] = mail_server.wait_for_mails(1)

    assert email_of(mailing, alice) == ("alice@example.com", False, "alice@example.com")
    assert "email" not in alice.user
    assert follow(mailing, token_in(mail)).status == 204
    assert me(mailing, alice)["email_confirmed"] is True


def test_a_mail_speaks_the_language_that_its_reader_chose_or_else_that_of_the_browser(
    mailing: UserService, mail_server: MailServer
) -> None:
    minji = mailing.sign_up("김민지")
    give(mailing, minji, "minji@example.com", **{"Accept-Language": "fr, ko-KR;q=0.8, en;q=0.7"})
    mail_server.wait_for_mails(1)
    mailing.ask("PATCH", "/api/users/me", {"locale": "en-GB"}, token=minji.access)
    give(mailing, minji, "minji@example.com", **{"Accept-Language": "ko"})
    korean, english = mail_server.wait_for_mails(2)

    assert (korean["Subject"], english["Subject"]) == ("이메일 주소를 확인해 주세요", "Confirm your e-mail address")
    for mail, lang in ((korean, "ko"), (english, "en")):
        assert mail["From"] == "ChatFlow <chat@example.com>"
        assert f'<html lang="{lang}">' in text_of(mail, "html")
        assert "@김민지" in text_of(mail)
        assert "chat.example.com" in text_of(mail)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "kim",
        "kim@localhost",
        "kim@example.com, ada@example.com",
        "a@b.c\r\nBcc: d@e.f",
        f"{'x' * 65}@example.com",
        7,
    ],
)
def test_what_is_no_address_is_refused_by_the_name_of_its_field(service: UserService, address: object) -> None:
    answer = service.post("/api/users/me/email", {"email": address}, token=service.sign_up().access)

    assert (answer.status, answer.code) == (400, "invalid")
    assert answer.body["error"]["message"].startswith("email: ")


def test_nobody_is_sent_many_mails(mailing: UserService) -> None:
    alice, people = mailing.sign_up(), [mailing.sign_up() for _ in range(6)]

    own = [give(mailing, alice, f"{number}@example.com").status for number in range(10)]
    own += [give(mailing, alice, "victim@example.com").status for _ in range(6)]
    to_one = [give(mailing, person, "victim@example.com").status for person in people]

    assert own == [202] * 10 + [429] * 6
    assert to_one == [202] * 5 + [429]
    body = {"username": "another", "password": "correct horse battery", "email": "Victim@example.com"}
    assert mailing.post("/api/users", body).code == "rate_limited"


def test_an_address_needs_somebody_who_is_signed_in(service: UserService) -> None:
    assert service.post("/api/users/me/email", {"email": "kim@example.com"}).code == "unauthenticated"
    assert service.ask("DELETE", "/api/users/me/email").code == "unauthenticated"


def test_our_services_are_told_confirmed_addresses_of_those_who_may_get_mail(
    mailing: UserService, mail_server: MailServer, migrated_url: str
) -> None:
    alice, bob, gone = (mailing.sign_up() for _ in range(3))
    for count, person in enumerate((alice, gone), 1):
        give(mailing, person, f"{count}@example.com")
        follow(mailing, token_in(mail_server.wait_for_mails(count)[count - 1]))
    give(mailing, bob, "bob@example.com")
    settings = {"locale": "ko", "time_zone": "Asia/Seoul", "display_name": "앨리스"}
    mailing.ask("PATCH", "/api/users/me", settings, token=alice.access)
    execute(migrated_url, "UPDATE users SET deactivated = ? WHERE username = ?", (True, gone.username))

    wanted = {"ids": [alice.id, bob.id, gone.id, "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"]}
    told = mailing.ask_internally("POST", "/internal/users/recipients", wanted).body["recipients"]

    assert told[0] == {"id": alice.id, "email": "1@example.com", **settings}
    assert [(one["id"], one["email"]) for one in told[1:]] == [(bob.id, None), (gone.id, None)]
    assert mailing.post("/internal/users/recipients", wanted, token=alice.access).status == 403
    too_many = {"ids": [alice.id] * 1001}
    assert mailing.ask_internally("POST", "/internal/users/recipients", too_many).code == "invalid"


def test_an_address_from_before_confirmations_waits_for_one(
    mailing: UserService, mail_server: MailServer, migrated_url: str
) -> None:
    alice = mailing.sign_up()
    execute(migrated_url, "UPDATE users SET email = ? WHERE username = ?", ("alice@example.com", alice.username))

    before = email_of(mailing, alice)
    give(mailing, alice, "alice@example.com")
    follow(mailing, token_in(mail_server.wait_for_mails(1)[0]))

    assert before == ("alice@example.com", False, "alice@example.com")
    assert email_of(mailing, alice) == ("alice@example.com", True, None)

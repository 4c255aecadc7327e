"""What a person has not read after a while is in one mail; each notice ends in one state, whatever the server does."""

from datetime import UTC, datetime, timedelta

import pytest

from notification_service.channels.email.worker import MailWorker
from notification_service.channels.worker import LEASE_SECONDS
from notification_service.stores.models import StoredDelivery
from notification_service.stores.notices import Store
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.channels.email.conftest import DELAY, NOON, Ends, Post
from tests.servers.mail import MailServer, text_of

SENT = ("sent", None)


def sent(*seqs: int) -> Ends:
    return dict.fromkeys(seqs, SENT)


async def arrived(server: MailServer, count: int = 1) -> None:
    await until(lambda: len(server.mails) >= count, within_seconds=WITHIN_SECONDS)


async def tried(server: MailServer, count: int = 1, *, by: MailWorker | None = None) -> None:
    """Wait for so many tries, and until the process that made them has recorded what became of that."""
    await until(lambda: server.tries >= count and not (by and by.busy), within_seconds=WITHIN_SECONDS)


async def test_nothing_is_mailed_before_the_delay_is_over(post: Post, server: MailServer) -> None:
    await post.call(1)

    async with post.living() as worker:
        post.go_on(timedelta(minutes=10))
        assert await worker.claim(8) == []
        post.go_on(timedelta(minutes=1))
        await post.see(sent(1))

    assert len(server.mails) == 1


async def test_what_is_read_within_the_delay_is_not_mailed(post: Post, server: MailServer) -> None:
    await post.call(1)
    await post.call(1, room_id="other")
    post.edge.read_seqs["bob", "room"] = 1
    await Store(post.database).mark_seen("bob", in_room=("other", 1))

    async with post.living():
        post.go_on()
        await post.see({1: ("read", None)})
        await post.see({1: ("read", None)}, room_id="other")

    assert server.tries == 0


async def test_ten_calls_are_one_mail(post: Post, server: MailServer) -> None:
    for seq in range(1, 11):
        await post.call(seq)
        post.go_on(timedelta(seconds=5))

    async with post.living():
        post.go_on()
        await post.see(sent(*range(1, 11)))

    [mail] = server.mails
    assert server.recipients == ["bob@example.com"]
    assert mail["Subject"] == "10 unread notifications in #general"
    links = [line for line in text_of(mail).splitlines() if line.startswith("https:")]
    assert links == [f"https://chat.example.com/rooms/room/{seq}" for seq in range(1, 11)]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_what_comes_after_a_mail_waits_half_an_hour_and_is_one_mail_too(post: Post, server: MailServer) -> None:
    await post.call(1)
    async with post.living():
        post.go_on()
        await post.see(sent(1))

        await post.call(2, 3)
        post.go_on(timedelta(minutes=29))
        await post.see_put_off(NOON + DELAY + timedelta(minutes=30), seqs=[2, 3])
        post.go_on(timedelta(minutes=1))
        await post.see(sent(1, 2, 3))

    assert [mail["Subject"] for mail in server.mails] == [
        "Somebody mentioned you in #general",
        "2 unread notifications in #general",
    ]


async def test_a_second_copy_after_a_kill_has_the_same_message_id_and_nothing_new(
    post: Post, server: MailServer
) -> None:
    await post.call(1)
    server.is_silent = True
    post.go_on()
    async with post.living():
        # It is taken, and nobody is there any more to hear of that.
        await arrived(server)
    server.is_silent = False
    await post.call(2)

    async with post.living() as second:
        assert await second.claim(8) == []
        post.go_on(timedelta(seconds=LEASE_SECONDS))
        await post.see({1: SENT, 2: ("waiting", None)})
        post.go_on(timedelta(minutes=31))
        await post.see(sent(1, 2))

    first, again, other = server.mails
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert "/rooms/room/2" not in text_of(again)
    assert "/rooms/room/2" in text_of(other)


async def test_what_was_read_before_a_second_copy_is_in_none(post: Post, server: MailServer) -> None:
    await post.call(1)
    server.answers["DATA"] = ["451 later"]
    async with post.living() as worker:
        post.go_on()
        await tried(server, by=worker)
        post.edge.read_seqs["bob", "room"] = 1
        post.go_on()
        await post.see({1: ("read", None)})

    assert server.mails == []


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_what_a_server_does_not_take_now_is_sent_later_as_the_same_mail(
    post: Post, server: MailServer, command: str
) -> None:
    await post.call(1, 2)
    server.answers[command] = ["451 later"] * 2
    async with post.living() as worker:
        post.go_on()
        await tried(server, by=worker)
        assert await worker.claim(8) == []
        assert await post.ends() == {1: ("waiting", None), 2: ("waiting", None)}
        for tries in (2, 3):
            # The pauses grow.
            post.go_on(timedelta(minutes=tries * 5))
            await tried(server, tries, by=worker)
        await post.see(sent(1, 2))

    assert len(server.mails) == 1


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_what_a_server_refuses_for_good_fails_and_is_not_tried_again(
    post: Post, server: MailServer, command: str
) -> None:
    await post.call(1, 2)
    server.answers[command] = ["550 nobody of that name"]
    async with post.living():
        post.go_on()
        await post.see({1: ("failed", "refused"), 2: ("failed", "refused")})

    assert (server.tries, server.mails) == (1, [])
    errors = await post.database.read(lambda: list(StoredDelivery.objects.values_list("error", flat=True)))
    assert ["550" in error and "nobody" not in error for error in errors] == [True, True]


async def test_what_no_server_takes_for_two_days_expires(post: Post, server: MailServer) -> None:
    await post.call(1)
    server.answers["DATA"] = ["451 later"] * 1000
    async with post.living() as worker:
        post.go_on()
        await tried(server, by=worker)
        post.go_on(timedelta(days=2))
        await post.see({1: ("expired", None)})

    assert server.mails == []


async def test_a_server_that_stands_still_with_one_mail_delays_no_other(post: Post, server: MailServer) -> None:
    post.users.write_to("carol", "carol@example.com")
    await post.call(1)
    server.is_silent = True
    async with post.living():
        post.go_on()
        await tried(server)
        server.is_silent = False
        await post.call(1, user_id="carol")
        post.go_on()
        await post.see(sent(1), user_id="carol")

    assert await post.ends() == {1: ("waiting", None)}


@pytest.mark.parametrize("user_id", ["carol", "dave"], ids=["not confirmed", "gone"])
async def test_nobody_is_mailed_without_a_confirmed_address(post: Post, server: MailServer, user_id: str) -> None:
    post.users.write_to("carol", None)
    await post.call(1, user_id=user_id)

    async with post.living():
        post.go_on()
        await post.see({1: ("suppressed", "no_address")}, user_id=user_id)

    assert (server.tries, post.edge.asked_for) == (0, [])


async def test_who_wants_no_mails_any_more_gets_none_and_is_owed_none(post: Post, server: MailServer) -> None:
    await post.call(1)
    await post.wish(mode="none")
    await post.call(2)

    async with post.living():
        post.go_on()
        await post.see({1: ("suppressed", "off")})

    assert server.tries == 0


async def test_what_was_deleted_or_left_meanwhile_is_not_mailed(post: Post, server: MailServer) -> None:
    await post.call(1)
    await post.call(1, room_id="other")
    post.edge.details.clear()
    post.edge.left.add(("bob", "other"))

    async with post.living():
        post.go_on()
        await post.see({1: ("failed", "deleted")})
        await post.see({1: ("failed", "left")}, room_id="other")

    assert server.tries == 0


@pytest.mark.parametrize(("mode", "days"), [("daily", 1), ("weekly", 3)])
async def test_a_mail_of_the_morning_comes_at_nine_where_its_person_is(
    post: Post, server: MailServer, mode: str, days: int
) -> None:
    post.users.write_to("bob", "bob@example.com", locale="ko-KR", zone="Asia/Seoul")
    await post.wish(mode=mode)
    await post.call(1)
    # Nine o'clock there is midnight in UTC.
    morning = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=days)

    async with post.living() as worker:
        post.now = morning - timedelta(minutes=20)
        await post.call(2)
        post.go_on()
        await post.see_put_off(morning, seqs=[1, 2])
        post.now = morning - timedelta(seconds=1)
        assert await worker.claim(8) == []
        post.now = morning
        await post.see(sent(1, 2))

    [mail] = server.mails
    assert mail["Subject"] == "#general의 읽지 않은 알림 2개"


async def test_a_mail_of_the_morning_does_not_expire_while_it_waits(post: Post, server: MailServer) -> None:
    await post.wish(mode="weekly")
    await post.call(1)

    async with post.living():
        post.go_on()
        await post.see_put_off(datetime(2026, 11, 23, 9, tzinfo=UTC), seqs=[1])
        post.now = datetime(2026, 11, 23, 10, tzinfo=UTC)
        await post.see(sent(1))

    assert post.now - NOON > timedelta(days=2)
    assert len(server.mails) == 1


async def test_texts_are_in_a_mail_only_if_its_person_wishes(post: Post, server: MailServer) -> None:
    await post.call(1, text="for bob's eyes")
    async with post.living():
        post.go_on()
        await post.see(sent(1))
        await post.wish(shows_text=False)
        await post.call(2, text="for nobody's eyes")
        post.go_on(timedelta(hours=1))
        await post.see(sent(1, 2))

    first, second = ((text_of(mail), text_of(mail, "html")) for mail in server.mails)
    assert ["for bob's eyes" in text for text in first] == [True, True]
    assert ["nobody's eyes" in text for text in second] == [False, False]


async def test_mails_wait_while_nobody_says_how_people_are_written_to(post: Post, server: MailServer) -> None:
    await post.call(1)
    post.users.is_away = True
    async with post.living() as worker:
        post.go_on()
        await until(lambda: post.users.asked_for_recipients >= 1 and not worker.busy, within_seconds=WITHIN_SECONDS)
        post.users.is_away = False
        post.go_on()
        await post.see(sent(1))

    assert len(server.mails) == 1


async def test_mails_wait_while_message_service_cannot_say_what_they_are_about(post: Post, server: MailServer) -> None:
    await post.call(1)
    post.edge.tells_rows = False
    async with post.living() as worker:
        post.go_on()
        await until(lambda: post.edge.asked_for_rows >= 1 and not worker.busy, within_seconds=WITHIN_SECONDS)
        assert await post.ends() == {1: ("waiting", None)}
        post.edge.tells_rows = True
        post.go_on()
        await post.see(sent(1))

    assert len(server.mails) == 1


async def test_a_process_that_is_told_to_finish_sends_what_it_has(post: Post, server: MailServer) -> None:
    await post.call(1)
    async with post.living() as worker:
        post.go_on()
        await tried(server)
        await worker.finish()

        assert await post.ends() == sent(1)

"""How often one address may try: no guessing on and on, nobody kept out by a stranger, nothing to learn from it."""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from chatflow.errors import RateLimited
from tests.user_service.running import PASSWORD, Answer, UserService, open_user_service
from user_service.quotas import WINDOWS_AT_MOST, Quota, Quotas
from user_service.redis_client import call

HERE, THERE = {"X-Forwarded-For": "203.0.113.1"}, {"X-Forwarded-For": "198.51.100.1"}
WRONG = "certainly not this one 7"
NO_REDIS = "redis://127.0.0.1:1/0"
FEW = {"tries_per_account": "3", "logins_per_minute": "6", "registrations_per_hour": "2"}


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[list[UserService]]:
    """Both have one database and count in one Redis."""
    folder = tmp_path_factory.mktemp("limits")
    with ExitStack() as stack:
        yield [stack.enter_context(running(folder, redis_url=valkey_url, **FEW)) for _ in range(2)]


@pytest.fixture
def services(two_processes: list[UserService], valkey_url: str) -> list[UserService]:
    call(valkey_url, [("FLUSHALL",)])
    return two_processes


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[UserService]:
    """One process, without any Redis."""
    with running(tmp_path, redis_url=NO_REDIS, **FEW) as service:
        yield service


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[UserService]:
    with open_user_service(folder, database_url=f"sqlite:///{folder}/users.db", **settings) as service:
        yield service


def log_in(service: UserService, login: str, *, password: str = PASSWORD, at: dict[str, str] = HERE) -> Answer:
    return service.post("/api/auth/login", {"login": login, "password": password}, headers=at)


def fail(services: list[UserService], login: str, *, times: int, at: dict[str, str] = HERE) -> list[int]:
    """Try wrong passwords, at one process after the other."""
    return [log_in(services[number % len(services)], login, password=WRONG, at=at).status for number in range(times)]


def test_guessing_ends_after_some_tries_whichever_process_is_asked(services: list[UserService]) -> None:
    alice = services[0].sign_up()
    assert fail(services, alice.username, times=4) == [401, 401, 401, 429]
    refused = log_in(services[1], alice.username.upper())
    assert (refused.status, refused.code) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 15 * 60
    assert refused.body["error"]["retry_after"] == pytest.approx(int(refused.headers["Retry-After"]), abs=1)


def test_a_stranger_elsewhere_keeps_nobody_out(services: list[UserService]) -> None:
    alice = services[0].sign_up()
    fail(services, alice.username, times=5, at=THERE)
    assert log_in(services[0], alice.username).status == 200


def test_a_name_that_nobody_has_is_refused_alike(services: list[UserService]) -> None:
    alice = services[0].sign_up()
    answers = []
    # From two addresses, so that it is the tries that are too many and not the logins of an address.
    for login, at in ((alice.username, HERE), ("nobody-at-all", THERE)):
        fail(services, login, times=3, at=at)
        answers.append(log_in(services[0], login, password=WRONG, at=at))
    known, unknown = answers
    assert known.code == unknown.code == "rate_limited"
    assert known.status == unknown.status
    assert without_seconds(known) == without_seconds(unknown)
    assert known.body["error"]["retry_after"] == pytest.approx(unknown.body["error"]["retry_after"], abs=10)


def without_seconds(answer: Answer) -> str:
    return re.sub(r"[\d.]+ s", "", answer.body["error"]["message"])


def test_the_right_password_forgives_the_wrong_ones(services: list[UserService]) -> None:
    alice = services[0].sign_up()
    for _ in range(2):
        assert fail(services, alice.username, times=2, at=THERE) == [401, 401]
        assert log_in(services[1], alice.username, at=THERE).status == 200


def test_an_address_has_only_so_many_logins_a_minute(services: list[UserService]) -> None:
    alice = services[0].sign_up()
    assert [log_in(services[number % 2], alice.username).status for number in range(7)] == [200] * 6 + [429]
    assert log_in(services[0], alice.username, at=THERE).status == 200


def test_an_address_has_only_so_many_new_accounts_an_hour(services: list[UserService]) -> None:
    statuses = [
        services[number % 2]
        .post("/api/users", {"username": f"new-{secrets.token_hex(4)}", "password": PASSWORD}, headers=HERE)
        .status
        for number in range(3)
    ]
    assert statuses == [201, 201, 429]


def test_the_password_that_is_to_be_changed_cannot_be_guessed(services: list[UserService]) -> None:
    alice = services[0].sign_up()
    wanted = {"current": WRONG, "new": "another long pass phrase"}
    change = [services[0].post("/api/auth/password/change", wanted, token=alice.access).status for _ in range(4)]
    assert change == [403, 403, 403, 429]


def test_without_redis_a_process_counts_by_itself(alone: UserService) -> None:
    alice = alone.sign_up()
    assert fail([alone], alice.username, times=4) == [401, 401, 401, 429]
    assert log_in(alone, alice.username, at=THERE).status == 200


def test_without_redis_the_right_password_forgives_too(alone: UserService) -> None:
    alice = alone.sign_up()
    for _ in range(2):
        assert fail([alone], alice.username, times=2, at=THERE) == [401, 401]
        assert log_in(alone, alice.username, at=THERE).status == 200


def test_a_counter_that_was_left_without_an_end_gets_one(valkey_url: str) -> None:
    quota = Quota("test", (secrets.token_hex(8),), 1, 900)
    call(valkey_url, [("SET", quota.key, 1)])

    with pytest.raises(RateLimited):
        Quotas(valkey_url).spend(quota)

    assert 0 < call(valkey_url, [("TTL", quota.key)])[0] <= 900


@pytest.mark.parametrize("is_there", [True, False])
def test_a_window_ends(valkey_url: str, is_there: bool) -> None:
    quotas = Quotas(valkey_url if is_there else NO_REDIS)
    quota = Quota("test", (secrets.token_hex(8),), 1, 1)
    quotas.spend(quota)
    with pytest.raises(RateLimited) as refused:
        quotas.spend(quota)
    assert 0 < (refused.value.retry_after or 0) <= 1

    def is_taken() -> bool:
        with suppress(RateLimited):
            quotas.spend(quota)
            return True
        return False

    deadline = time.monotonic() + 3
    while not is_taken():
        assert time.monotonic() < deadline


def test_what_a_process_remembers_by_itself_is_bounded() -> None:
    quotas = Quotas(NO_REDIS)
    for number in range(WINDOWS_AT_MOST + 100):
        quotas.spend(Quota("test", (str(number),), 1, 900))
    assert len(quotas._own) == WINDOWS_AT_MOST

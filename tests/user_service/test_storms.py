"""Many who sign in at once wait for each other, and nobody else waits for them."""

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event

from tests.user_service.running import PASSWORD, Answer, Person, UserService

DEVICES = 24
REFRESHES = 15


def log_in(service: UserService, person: Person) -> Answer:
    return service.post("/api/auth/login", {"login": person.username, "password": PASSWORD})


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


@contextmanager
def storm(service: UserService, *, devices: int) -> Iterator[list[tuple[float, Answer]]]:
    """Let so many sign in, each again and again, until the block ends; what they were answered is there then."""
    person, over = service.sign_up(), Event()
    answers: list[tuple[float, Answer]] = []

    def sign_in_on_and_on() -> None:
        while not over.is_set():
            answers.append(timed(lambda: log_in(service, person)))

    with ThreadPoolExecutor(devices) as together:
        working = [together.submit(sign_in_on_and_on) for _ in range(devices)]
        try:
            yield answers
        finally:
            over.set()
    for one in working:
        one.result()


def test_who_refreshes_does_not_wait_behind_those_who_sign_in(service: UserService) -> None:
    refresh = service.sign_up().refresh
    waited: list[float] = []

    with storm(service, devices=DEVICES) as logins:
        while len(logins) < DEVICES:
            time.sleep(0.01)
        for _ in range(REFRESHES):
            took, answer = timed(partial(service.post, "/api/auth/refresh", {"refresh": refresh}))
            refresh = answer.body["refresh"]
            waited.append(took)

    # In one queue they take the same.
    waits_of_logins = [took for took, answer in logins if answer.status == 200]
    assert statistics.median(waited) < statistics.median(waits_of_logins) / 4


def test_a_line_that_is_too_long_is_refused_at_once_and_the_rest_is_served(service: UserService) -> None:
    with storm(service, devices=60) as logins:
        while len(logins) < 200:
            assert service.ask_internally("GET", "/internal/revocations?after=0").status == 200

    refused = [answer for _, answer in logins if answer.status == 503]
    assert {answer.status for _, answer in logins} == {200, 503}
    assert all(answer.code == "unavailable" and answer.headers["Retry-After"] == "1" for answer in refused)

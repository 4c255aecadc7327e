"""A browser's refresh token is a cookie that scripts cannot read and that other sites cannot use."""

from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest

from tests.user_service.running import PASSWORD, Answer, UserService, open_user_service

OURS = {"X-ChatFlow": "1", "Origin": "http://chat.example:8080", "X-Forwarded-Host": "chat.example:8080"}


def cookie_of(answer: Answer) -> "Morsel[str]":
    return SimpleCookie(answer.headers["Set-Cookie"])["chatflow_refresh"]


def sign_in(service: UserService) -> str:
    alice = service.sign_up()
    answer = service.post(
        "/api/auth/login", {"login": alice.username, "password": PASSWORD, "cookie": True}, headers=OURS
    )
    assert set(answer.body) == {"user", "access", "expires_at"}
    return cookie_of(answer).value


def test_the_cookie_is_for_the_authentication_endpoints_alone(service: UserService) -> None:
    answer = service.post(
        "/api/users", {"username": "cookie-monster", "password": PASSWORD, "cookie": True}, headers=OURS
    )

    cookie = cookie_of(answer)
    assert answer.status == 201
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/api/auth", "Strict", True)
    assert int(cookie["max-age"]) == 30 * 24 * 3600


def test_a_browser_refreshes_by_its_cookie_and_gets_the_next_one(service: UserService) -> None:
    cookie = sign_in(service)

    answer = service.post("/api/auth/refresh", {}, headers={**OURS, "Cookie": f"chatflow_refresh={cookie}"})

    assert answer.status == 200
    assert "refresh" not in answer.body
    assert cookie_of(answer).value not in ("", cookie)


@pytest.mark.parametrize(
    "changed",
    [
        {"X-ChatFlow": ""},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://chat.example:8080.evil.example"},
        {"Origin": "http://evilchat.example:8080"},
        {"Origin": "http://chat.example"},
        {"Origin": "http://user@chat.example:8080"},
        {"Origin": "javascript://chat.example:8080"},
        {"Origin": "http://["},
        {"Origin": "http://\xff"},
    ],
)
def test_another_site_can_neither_use_nor_obtain_a_cookie(service: UserService, changed: dict[str, str]) -> None:
    cookie = sign_in(service)
    theirs = {**OURS, **changed}

    used = service.post("/api/auth/refresh", {}, headers={**theirs, "Cookie": f"chatflow_refresh={cookie}"})
    ended = service.post("/api/auth/logout", {}, headers={**theirs, "Cookie": f"chatflow_refresh={cookie}"})
    obtained = service.post("/api/users", {"username": "nobody", "password": PASSWORD, "cookie": True}, headers=theirs)

    assert [answer.code for answer in (used, ended, obtained)] == ["forbidden"] * 3
    assert obtained.headers["Set-Cookie"] is None


def test_where_origins_are_named_the_address_that_was_asked_is_no_other(tmp_path: Path) -> None:
    named = {**OURS, "Origin": "https://pages.example"}
    with open_user_service(tmp_path, database_url="", allowed_origins="https://pages.example") as service:
        new = {"username": "new", "password": PASSWORD, "cookie": True}

        assert service.post("/api/users", new, headers=OURS).code == "forbidden"
        assert service.post("/api/users", new, headers=named).status == 201


def test_logging_out_takes_the_cookie_away(service: UserService) -> None:
    headers = {**OURS, "Cookie": f"chatflow_refresh={sign_in(service)}"}

    out = service.post("/api/auth/logout", {}, headers=headers)
    late = service.post("/api/auth/refresh", {}, headers=headers)

    assert (out.status, cookie_of(out).value, cookie_of(out)["path"]) == (204, "", "/api/auth")
    assert late.code == "unauthenticated"
    assert cookie_of(late).value == ""

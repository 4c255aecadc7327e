"""People register and sign in by name and password, whatever their script, and give nothing away to strangers."""

import secrets
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import psutil
import pytest

from chatflow.auth.keys import Jwks
from chatflow.auth.tokens import TokenVerifier
from chatflow.protocol.objects import User
from tests.user_service.database import execute, query
from tests.user_service.running import PASSWORD, UNSAID, UserService


def test_registering_answers_who_one_is_and_the_tokens(service: UserService) -> None:
    answer = service.post(
        "/api/users", {"username": "Jörg.Müller-2", "password": PASSWORD, "display_name": " Jörg \N{DOG FACE} "}
    )

    assert answer.status == 201
    assert set(answer.body) == {"user", "access", "expires_at", "refresh"}
    user = msgspec.convert(answer.body["user"], User)
    assert (user.username, user.display_name) == ("Jörg.Müller-2", "Jörg \N{DOG FACE}")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_access_token_is_verified_by_the_published_keys_alone(service: UserService) -> None:
    alice = service.sign_up()
    keys = service.get("/.well-known/jwks.json")

    token = TokenVerifier(lambda: msgspec.convert(keys.body, Jwks)).verify(alice.access)

    assert token.principal.user_id == alice.id
    assert token.expires_at - time.time() == pytest.approx(900, abs=10)


def test_fields_that_nobody_may_set_are_ignored(service: UserService) -> None:
    service.sign_up()
    bob = service.sign_up(id="1", bot=True, kind="bot", deactivated=True, avatar="x", role="owner")

    assert (bob.user["kind"], bob.user["role"]) == ("person", "member")
    assert bob.user["bot"] is bob.user["deactivated"] is False
    assert bob.user["avatar"] is None


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ("Straße", "STRASSE"),
        ("caroline", "ＣＡＲＯＬＩＮＥ"),
        (unicodedata.normalize("NFC", "한글이름"), unicodedata.normalize("NFD", "한글이름")),
    ],
)
def test_names_that_only_look_different_are_one_name(service: UserService, taken: str, wanted: str) -> None:
    service.sign_up(taken)

    answer = service.post("/api/users", {"username": wanted, "password": PASSWORD})

    assert (answer.status, answer.code) == (409, "conflict")


def test_of_many_who_want_a_name_at_once_one_gets_it(service: UserService) -> None:
    wanted = {"username": "popular", "password": PASSWORD}
    with ThreadPoolExecutor(12) as together:
        statuses = list(together.map(lambda _: service.post("/api/users", wanted).status, range(12)))

    assert sorted(statuses) == [201] + [409] * 11


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"username": "a"}, "username"),
        ({"username": "x" * 33}, "username"),
        ({"username": "with space"}, "username"),
        ({"username": "-dash"}, "username"),
        ({"username": "evil\u202egnp"}, "username"),
        ({"username": "in\u3164visible"}, "username"),
        ({"username": ["list"]}, "username"),
        ({"username": None}, "username"),
        ({"username": 1234567}, "username"),
        ({"password": 12345678.5}, "password"),
        ({"display_name": True}, "display_name"),
        ({"cookie": "yes"}, "cookie"),
        ({"cookie": 0}, "cookie"),
        ({"password": "seven77"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"password": "password123"}, "password"),
        ({"username": "longusername", "password": "LongUserName"}, "password"),
        ({"display_name": "x" * 81}, "display_name"),
        ({"display_name": "a\nb"}, "display_name"),
        ({"display_name": "\u200b"}, "display_name"),
        ({"email": "not an address"}, "email"),
        ({"email": f"{'x' * 250}@example.org"}, "email"),
    ],
)
def test_what_is_not_acceptable_is_refused_by_the_name_of_its_field(
    service: UserService, fields: dict[str, Any], field: str
) -> None:
    answer = service.post("/api/users", {"username": "somebody-else", "password": PASSWORD} | fields)

    assert (answer.status, answer.code) == (400, "invalid")
    assert answer.body["error"]["message"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    "password",
    [
        "letmein12345",
        "Letmein!2026",
        "p4ssw0rd-77",
        "aaaaaaaaaaaa",
        "abababababab",
        "hunter2hunter2",
        "password12345678",
        "password.password.1",
        "trustno1!",
        "12345678abcdef",
        "poiuytrewq-1",
        "zxcvbnm,./98",
        "minji-kim",
        "MINJI.KIM.1",
        "mik.ijnim",
        "minjy.kim0",
    ],
)
def test_a_password_that_is_tried_first_is_refused(service: UserService, password: str) -> None:
    answer = service.post("/api/users", {"username": "minji.kim", "password": password})

    assert (answer.status, answer.code) == (400, "invalid")
    assert answer.body["error"]["message"].startswith("password: ")


@pytest.mark.parametrize("new", ["letmein12345", "aaaaaaaaaaaa", "own name"])
def test_no_password_is_changed_to_one_that_is_tried_first(service: UserService, new: str) -> None:
    alice = service.sign_up()
    change = {"current": PASSWORD, "new": new.replace("own name", f"{alice.username}1")}

    answer = service.post("/api/auth/password/change", change, token=alice.access)

    assert (answer.status, answer.code) == (400, "invalid")
    assert answer.body["error"]["message"].startswith("new: ")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse",
        "xK9#mQ2$",
        "dragon83640172",
        "비밀번호를만들자",
        "a long pass phrase",
        "1987-06-grüße",
        "9#2-8$a1",
    ],
)
def test_a_password_of_ones_own_is_taken_whatever_it_is_made_of(service: UserService, password: str) -> None:
    name = f"user-{secrets.token_hex(6)}"

    assert service.post("/api/users", {"username": name, "password": password}).status == 201
    assert service.post("/api/auth/login", {"login": name, "password": password}).status == 200


def test_one_signs_in_however_one_writes_the_own_name(service: UserService) -> None:
    alice = service.sign_up("Wonderland")

    answer = service.post("/api/auth/login", {"login": "WONDERLAND", "password": PASSWORD})

    assert answer.status == 200
    assert answer.body["user"] == alice.user
    assert service.get("/api/users/me", token=answer.body["access"]).body == alice.user | UNSAID


def test_a_wrong_name_and_a_wrong_password_answer_alike_and_cost_alike(service: UserService, database_url: str) -> None:
    alice, gone = service.sign_up(), service.sign_up()
    execute(database_url, "UPDATE users SET deactivated = ? WHERE username = ?", (True, gone.username))
    names = [alice.username, f"nobody-{secrets.token_hex(6)}", gone.username]
    wrong = [{"login": name, "password": "wrong password"} for name in names] + [
        {"login": gone.username, "password": PASSWORD}
    ]

    answers = [service.post("/api/auth/login", login) for login in wrong]
    costs = [0.0] * len(wrong)
    for _ in range(TRIES // len(wrong) // TRIES_TOGETHER):
        for number, login in enumerate(wrong):
            costs[number] += processor_seconds(service, login)

    assert {answer.code for answer in answers} == {"unauthenticated"}
    assert all(answer.body == answers[0].body for answer in answers)
    # Without the hash a wrong name takes a tenth.
    assert max(costs) < 1.2 * min(costs), costs


TRIES, TRIES_TOGETHER = 200, 10


def processor_seconds(service: UserService, login: dict[str, str]) -> float:
    """Return what some tries cost the process, which counts in hundredths of a second."""
    process = psutil.Process(service.process.pid)
    before = process.cpu_times()
    for _ in range(TRIES_TOGETHER):
        service.post("/api/auth/login", login)
    after = process.cpu_times()
    return after.user + after.system - before.user - before.system


def test_a_password_is_kept_only_as_an_argon2id_hash(service: UserService) -> None:
    service.sign_up()
    kept = b"".join(file.read_bytes() for file in service.folder.glob("users.db*"))

    assert PASSWORD.encode() not in kept
    assert PASSWORD not in (service.folder / "log").read_text()


# Of the password of all who sign up here, as programs from before Django's hasher wrote it.
OLDER_HASH = "$argon2id$v=19$m=19456,t=2,p=1$qMkVG/rwk5VTobW92e/mkg$X8fIHIrgJrnzkUm80/ZHefqt/6n42I2nT2P5WgYu/pY"
KEPT = "SELECT password_hash FROM users WHERE username = 'has-older-hash'"


def test_a_hash_of_an_older_version_lets_its_owner_in_and_is_made_anew(service: UserService, database_url: str) -> None:
    service.sign_up("has-older-hash")
    execute(database_url, "UPDATE users SET password_hash = ? WHERE username = 'has-older-hash'", (OLDER_HASH,))
    wrong = service.post("/api/auth/login", {"login": "has-older-hash", "password": "certainly not this 7"})
    (untouched,) = query(database_url, KEPT)
    logins = [service.post("/api/auth/login", {"login": "has-older-hash", "password": PASSWORD}) for _ in range(2)]
    (kept,) = query(database_url, KEPT)[0]

    assert (wrong.status, untouched) == (401, (OLDER_HASH,))
    assert [answer.status for answer in logins] == [200, 200]
    # In the form that other programs read too, without the name of Django's hasher.
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != OLDER_HASH

"""Nobody passes for somebody else by a name that looks like theirs, and no script is kept out."""

import secrets
import unicodedata
import uuid
from pathlib import Path

import pytest

from chatflow.ids import new_id
from chatflow.protocol.looks import look
from tests.user_service.database import execute, migrate_to, query
from tests.user_service.running import PASSWORD, Answer, UserService, open_user_service, wait_until

LOOKS = "SELECT username, look_key FROM users"


def add_without_looks(database_url: str, names: list[str]) -> None:
    """Add accounts as a program did that knew of no looks."""
    execute(
        database_url,
        "INSERT INTO users (id, username, username_key, display_name, display_key, initials_key, password_hash, bot,"
        " deactivated, created_at) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?)",
        *([uuid.UUID(new_id()).hex, *[name] * 5, False, False, "2026-01-01 00:00:00+00:00"] for name in names),
    )


def register(service: UserService, username: str, **fields: str) -> Answer:
    return service.post("/api/users", {"username": username, "password": PASSWORD, **fields})


@pytest.mark.parametrize(
    "name",
    [
        "김민지",
        "민지Kim",
        "민지李",
        "佐々木ユウコ",
        "さくら",
        "王小明",
        "Nguyễn",
        "Müller",
        "Yıldız",
        "Łukasz",
        "Ἀριάδνη",
        "Иванов",
        "محمود",
        "हिन्दी",
        "สมชาย",
        "ბორის",
        "user_2",
        "२०२६क",
    ],
)
def test_every_script_in_use_has_its_names(service: UserService, name: str) -> None:
    answer = register(service, name)

    assert answer.status == 201, answer
    assert answer.body["user"]["username"] == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "аdmin",  # a Cyrillic а
        "Ωmega",
        "김민지я",
        "さくら김",
        "ali\u0307ce",
        "o\u0335k-then",
        "zalgo\u0301\u0301",
        "ᏟᎪᏚᎬ",
        "a४",
    ],
)
def test_what_is_made_of_several_scripts_or_of_loose_accents_is_no_name(service: UserService, name: str) -> None:
    answer = register(service, name)

    assert (answer.status, answer.code) == (400, "invalid")
    assert answer.body["error"]["message"].startswith("username: ")


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ("alice-{}", "alıce-{}"),
        ("Paypal-{}", "PaypaI-{}"),
        ("paul-{}", "pau1-{}"),
        ("coco-{}", "c0c0-{}"),
        ("modern-{}", "rnodern-{}"),
        ("соре", "cope"),  # Cyrillic, then Latin
        ("үуу", "yyy"),
        ("ϲορ", "cop"),  # Greek
        ("ΤΑΝ", "tan"),  # Greek, then Latin
        ("カロ", "力口"),  # Katakana, then Chinese
        ("สมชีพ", "สมชีีพ"),
    ],
)
def test_a_name_that_looks_like_a_taken_one_is_taken(service: UserService, taken: str, wanted: str) -> None:
    own = "".join(secrets.choice("abcdefghk") for _ in range(12))
    taken, wanted = taken.format(own), wanted.format(own)
    assert register(service, taken).status == 201

    answer = register(service, wanted)

    assert (answer.status, answer.code) == (409, "conflict")


@pytest.mark.parametrize("shown", ["bob{}", " bob{} ", "bob{}\u200b", "bob{}\u0332", "ＢＯＢ{}", "воb{}"])
def test_a_display_name_is_not_somebody_elses_username(service: UserService, shown: str) -> None:
    own = f"-{secrets.token_hex(4)}"
    bob, mallory = service.sign_up(f"bob{own}"), service.sign_up()
    wanted = shown.format(own)

    changed = service.ask("PATCH", "/api/users/me", {"display_name": wanted}, token=mallory.access)
    registered = register(service, f"user-{secrets.token_hex(6)}", display_name=wanted)
    own_again = service.ask("PATCH", "/api/users/me", {"display_name": f"Bob{own}"}, token=bob.access)

    assert (changed.status, registered.status, own_again.status) == (409, 409, 200)
    assert changed.body["error"]["message"].startswith("display_name: ")
    assert service.get("/api/users/me", token=mallory.access).body["display_name"] == mallory.username


def test_a_display_name_is_not_the_username_of_an_account_without_a_look(
    service: UserService, database_url: str
) -> None:
    alice, mallory = service.sign_up(), service.sign_up()
    execute(database_url, "UPDATE users SET look_key = NULL WHERE username = ?", (alice.username,))

    wanted = {"display_name": alice.username.upper()}
    assert service.ask("PATCH", "/api/users/me", wanted, token=mallory.access).code == "conflict"


def test_a_display_name_keeps_no_username_from_anybody(service: UserService) -> None:
    shown = f"Minji-{secrets.token_hex(3)}"
    holder = service.sign_up(display_name=shown)

    assert register(service, shown).status == 201

    kept = service.ask("PATCH", "/api/users/me", {"display_name": shown, "status": "here"}, token=holder.access)
    assert (kept.status, kept.body["display_name"]) == (200, shown)


def test_older_accounts_that_look_alike_keep_their_names(tmp_path: Path, own_url: str) -> None:
    migrate_to(own_url, ("user_accounts", "0001"), ("user_sessions", "0002"))
    names = ["alice", "аlice", "alıce"]
    add_without_looks(own_url, names)

    with open_user_service(tmp_path, database_url=own_url) as service:
        somebody = service.sign_up("somebody-new")
        found = service.get("/api/users?q=al", token=somebody.access).body["items"]
        passing = service.ask("PATCH", "/api/users/me", {"display_name": "аlice"}, token=somebody.access)
        wanted = register(service, "a1ice")

    assert {user["username"] for user in found} == {"alice", "alıce"}
    assert (passing.status, wanted.status) == (409, 409)


def test_accounts_that_an_older_program_made_meanwhile_get_their_looks(tmp_path: Path, own_url: str) -> None:
    with open_user_service(tmp_path, database_url=own_url) as service:
        service.sign_up("carol")
    add_without_looks(own_url, ["alice", "саrol", "alıce"])

    with open_user_service(tmp_path, database_url=own_url) as service:
        wait_until(lambda: ("alice", look("alice")) in query(own_url, LOOKS))
        wanted = register(service, "a1ice")

    assert (wanted.status, wanted.code) == (409, "conflict")
    assert dict(query(own_url, LOOKS)) == {"alice": look("alice"), "carol": look("carol"), "саrol": None, "alıce": None}


def test_a_look_fits_its_column_and_is_its_own_look() -> None:
    assert len(look("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 32)) <= 600
    assert look("Straße İIl1|0 ｃａｍｅ") == look(look("Straße İIl1|0 ｃａｍｅ")) == "strasse illllo came"

"""Owners and admins look after accounts in Django's admin: by the services' rules, and with all that these tell."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.servers.ports import find_free_port
from tests.user_service.admin.running import Visitor, open_admin, spawn_admin
from tests.user_service.database import ROLES, WAITING, query
from tests.user_service.running import PASSWORD, Answer, Person, UserService, open_user_service, wait_until

LOGIN = "/login/"
SESSIONS = "/user_sessions/session/"
SESSION_OF_THE_OWNER = "SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.username = 'the-owner'"
FORGED = [("role", "guest"), ("deactivated", "on")]


@pytest.fixture(scope="module")
def owner(service: UserService) -> Person:
    """The first who comes."""
    return service.sign_up("the-owner")


@pytest.fixture(scope="module")
def port(folder: Path, database_url: str, owner: Person) -> Iterator[int]:
    with open_admin(folder, database_url=database_url) as port:
        yield port


@pytest.fixture
def visitor(port: int, owner: Person) -> Visitor:
    """A browser at which the owner is signed in."""
    visitor = Visitor(port)
    assert visitor.sign_in(owner.username).path == "/"
    return visitor


@pytest.fixture
def admin(service: UserService, port: int, owner: Person) -> Visitor:
    """A browser at which somebody with the role admin is signed in."""
    person = service.sign_up()
    set_role(service, person, "admin")
    visitor = Visitor(port)
    assert visitor.sign_in(person.username).path == "/"
    return visitor


def set_role(service: UserService, person: Person, role: str) -> None:
    answer = service.ask_internally("POST", "/internal/users/role", {"username": person.username, "role": role})
    assert answer.status == 200


def state_of(service: UserService, person: Person, *, asking: Person) -> tuple[str, bool]:
    user = service.get(f"/api/users/{person.id}", token=asking.access).body
    return user["role"], user["deactivated"]


def test_without_the_setting_it_does_not_start(tmp_path: Path, own_sqlite_url: str) -> None:
    process = spawn_admin(tmp_path, port=find_free_port(), database_url=own_sqlite_url)

    assert process.wait(timeout=30) == 1
    assert (tmp_path / "admin.log").read_text() == "error: the admin is off; CHATFLOW_ADMIN=1 turns it on\n"


def test_strangers_and_members_see_nothing(service: UserService, port: int) -> None:
    stranger, member = Visitor(port), service.sign_up()

    assert stranger.get("/user_accounts/user/").path == LOGIN
    refused = [stranger.sign_in(*login) for login in ((member.username,), ("nobody-here",), (member.username, "wrong"))]

    assert [page.path for page in refused] == [LOGIN] * 3
    assert len({page.message for page in refused}) == 1
    assert stranger.get("/").path == LOGIN


def test_pages_are_strict_and_come_without_another_server(visitor: Visitor) -> None:
    page, style = visitor.get("/user_accounts/user/"), visitor.get("/static/admin/css/base.css")
    (cookie,) = visitor.cookies

    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (page.headers["Cache-Control"], page.headers["X-Frame-Options"]) == ("no-store", "DENY")
    assert (style.status, style.headers["Content-Type"]) == (200, "text/css")
    assert (cookie.name, cookie.has_nonstandard_attr("HttpOnly"), cookie.get_nonstandard_attr("SameSite")) == (
        "chatflow_admin",
        True,
        "Strict",
    )
    assert visitor.get("/static/../settings.py").status == 400
    assert visitor.get("/", Host="evil.example").status == 400
    assert visitor.get("/password_change/").status == 404


def test_it_speaks_the_language_of_the_browser(port: int) -> None:
    korean, english = (Visitor(port).get(LOGIN, **{"Accept-Language": language}).text for language in ("ko", "en"))

    assert "로그인" in korean
    assert "Log in" in english


def test_no_page_shows_a_password_or_a_token(
    visitor: Visitor, service: UserService, owner: Person, database_url: str
) -> None:
    (session,) = query(database_url, SESSION_OF_THE_OWNER)[0]
    pages = [
        f"/user_accounts/user/{owner.id}/change/",
        "/user_accounts/user/",
        f"{SESSIONS}{session}/change/",
        SESSIONS,
    ]
    shown = [visitor.get(page) for page in pages]

    assert [page.status for page in shown] == [200] * 4
    assert "argon2" not in "".join(page.text for page in shown)
    assert "hash" not in "".join(page.text for page in shown)


def test_who_is_deactivated_is_signed_out_until_they_sign_in_again(
    visitor: Visitor, service: UserService, owner: Person
) -> None:
    bob = service.sign_up()
    before = service.ask_internally("GET", "/internal/revocations?after=0").body["position"]

    visitor.change(bob.id, role="member", deactivated="on")
    state = state_of(service, bob, asking=owner)
    told = service.ask_internally("GET", f"/internal/revocations?after={before}").body["revoked"]
    refused = [service.get("/api/users/me", token=bob.access), log_in(service, bob)]
    visitor.change(bob.id, role="member")

    assert state == ("member", True)
    assert [revoked["session_id"] for revoked in told] == [bob.claims["sid"]]
    assert [answer.status for answer in refused] == [401, 401]
    assert state_of(service, bob, asking=owner) == ("member", False)
    assert service.get("/api/users/me", token=bob.access).status == 401
    assert log_in(service, bob).status == 200


def log_in(service: UserService, person: Person) -> Answer:
    return service.post("/api/auth/login", {"login": person.username, "password": PASSWORD})


def test_the_last_owner_stays_one(visitor: Visitor, service: UserService, owner: Person) -> None:
    pages = [visitor.change(owner.id, role="member"), visitor.change(owner.id, role="owner", deactivated="on")]

    assert [page.message for page in pages] == ["This is the last owner; make somebody else an owner first."] * 2
    assert state_of(service, owner, asking=owner) == ("owner", False)


def test_an_owner_gives_every_role_and_it_holds_at_once(
    visitor: Visitor, service: UserService, owner: Person, port: int
) -> None:
    bob = service.sign_up()
    theirs = Visitor(port)

    visitor.change(bob.id, role="admin")
    let_in = theirs.sign_in(bob.username).path
    visitor.change(bob.id, role="guest")

    assert (let_in, theirs.get("/").path) == ("/", LOGIN)
    assert state_of(service, bob, asking=owner) == ("guest", False)


def test_an_admin_changes_members_and_neither_owners_nor_admins(
    admin: Visitor, service: UserService, owner: Person, database_url: str
) -> None:
    bob, other = service.sign_up(), service.sign_up()
    set_role(service, other, "admin")

    admin.change(bob.id, role="guest", deactivated="on")
    raised = admin.change(bob.id, role="admin", deactivated="on")
    refused = [admin.post(f"/user_accounts/user/{person.id}/change/", FORGED) for person in (owner, other)]

    assert state_of(service, bob, asking=owner) == ("guest", True)
    assert raised.path.endswith("/change/")
    assert [page.status for page in refused] == [403, 403]
    roles = dict(query(database_url, ROLES))
    assert (roles[owner.username], roles[other.username]) == ("owner", "admin")


def test_sessions_are_ended_of_all_for_an_owner_and_not_of_owners_for_an_admin(
    visitor: Visitor, admin: Visitor, service: UserService, owner: Person
) -> None:
    bob, device = service.sign_up(), Person(owner.username, **log_in(service, owner).body)
    both = [("action", "end_sessions"), *(("_selected_action", person.claims["sid"]) for person in (bob, device))]

    admin.post(SESSIONS, both)
    by_admin = [service.get("/api/users/me", token=person.access).status for person in (bob, device)]
    visitor.post(SESSIONS, both)

    assert by_admin == [401, 200]
    assert service.get("/api/users/me", token=device.access).status == 401


def test_a_form_of_another_site_changes_nothing(visitor: Visitor, service: UserService, owner: Person) -> None:
    bob = service.sign_up()
    path = f"/user_accounts/user/{bob.id}/change/"

    assert visitor.post(path, FORGED, with_token=False).status == 403
    assert state_of(service, bob, asking=owner) == ("member", False)


def test_guessing_ends_after_some_tries_and_cookies_are_secure_where_the_app_says_so(
    folder: Path, database_url: str, service: UserService, owner: Person
) -> None:
    settings = {"tries_per_account": "3", "cookie_secure": "true"}
    with open_admin(folder, database_url=database_url, **settings) as port:
        guessing = Visitor(port)
        pages = [guessing.sign_in(owner.username, "certainly not this 7") for _ in range(4)]
        refused = guessing.sign_in(owner.username)
        (cookie,) = Visitor(port).get(LOGIN).headers.get_all("Set-Cookie") or []

    assert len({page.message for page in pages[:3]}) == 1
    assert "Too many" in pages[3].message
    assert (refused.path, "Too many" in refused.message) == (LOGIN, True)
    assert "Secure" in cookie


def test_a_session_ends_with_a_sign_out_everywhere_and_with_another_role(
    service: UserService, port: int, owner: Person
) -> None:
    bob = service.sign_up()
    set_role(service, bob, "admin")
    visitor = Visitor(port)

    let_in = [visitor.sign_in(bob.username).path]
    service.post("/api/auth/logout-all", {}, token=bob.access)
    after_sign_out = visitor.get("/").path
    let_in.append(visitor.sign_in(bob.username).path)
    # Taken away and given back: whoever sat there does not come back with the role.
    set_role(service, bob, "member")
    set_role(service, bob, "admin")
    after_role = visitor.get("/").path
    let_in.append(visitor.sign_in(bob.username).path)
    owners = Visitor(port)
    owners.sign_in(owner.username)
    owners.change(bob.id, role="admin", deactivated="on")
    owners.change(bob.id, role="admin")

    assert let_in == ["/"] * 3
    assert (after_sign_out, after_role, visitor.get("/").path) == (LOGIN, LOGIN, LOGIN)


def test_an_admin_who_waited_does_not_change_somebody_who_became_an_owner_meanwhile(
    tmp_path: Path, own_postgres_url: str
) -> None:
    with (
        open_user_service(tmp_path, database_url=own_postgres_url) as service,
        open_admin(tmp_path, database_url=own_postgres_url) as port,
        psycopg.connect(own_postgres_url) as other,
        ThreadPoolExecutor(1) as together,
    ):
        service.sign_up("the-owner")
        person, bob = service.sign_up(), service.sign_up()
        set_role(service, person, "admin")
        visitor = Visitor(port)
        visitor.sign_in(person.username)
        visitor.get(f"/user_accounts/user/{bob.id}/change/")
        # As the service gives the role: behind the lock of the installation.
        other.execute("SELECT * FROM installation FOR UPDATE")
        other.execute("UPDATE users SET role = 'owner' WHERE username = %s", (bob.username,))
        changing = together.submit(visitor.change, bob.id, role="guest", deactivated="on")
        wait_until(lambda: query(own_postgres_url, WAITING) == [(1,)])
        other.commit()

        assert changing.result().message == "You may not change this account any more."
        assert dict(query(own_postgres_url, ROLES))[bob.username] == "owner"
        assert log_in(service, bob).status == 200

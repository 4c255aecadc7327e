"""A running admin, and a browser without scripts that keeps cookies and fills in forms."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

from tests.servers.ports import find_free_port
from tests.user_service.running import DJANGO_SECRET_KEY, PASSWORD, REPOSITORY, SERVICE_SECRET, accepts

# As a browser sends them: a name may come several times.
Fields = Sequence[tuple[str, str]]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
MESSAGE = re.compile(r'<li class="(?:success|error)">(.*?)</li>', re.DOTALL)
ERRORS = re.compile(r'<p class="errornote">\s*(.*?)\s*</p>', re.DOTALL)


@dataclass
class Page:
    status: int
    text: str
    headers: Message
    path: str

    @property
    def message(self) -> str:
        """What the page says about what was just done."""
        said: list[str] = MESSAGE.findall(self.text) or ERRORS.findall(self.text)
        return said[0] if said else ""


class Visitor:
    """Somebody at a browser."""

    def __init__(self, port: int) -> None:
        # Browsers, too, send secure cookies to this machine without TLS.
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self._url = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str, **headers: str) -> Page:
        return self._open(urllib.request.Request(self._url + path, headers=headers))  # noqa: S310 - http

    def post(self, path: str, fields: Fields, *, with_token: bool = True) -> Page:
        """Send a form as its page has it; a form of another site would come without the token."""
        tokens = TOKEN.findall(self.get(path).text)[:1] if with_token else []
        sent = [*fields, *(("csrfmiddlewaretoken", token) for token in tokens)]
        content = urllib.parse.urlencode(sent).encode()
        return self._open(urllib.request.Request(self._url + path, data=content))  # noqa: S310 - http

    def sign_in(self, username: str, password: str = PASSWORD) -> Page:
        return self.post("/login/?next=/", [("username", username), ("password", password), ("next", "/")])

    def change(self, user_id: str, **fields: str) -> Page:
        return self.post(f"/user_accounts/user/{user_id}/change/", [*fields.items()])

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=20) as response:
                return Page(response.status, response.read().decode(), response.headers, path_of(response.url))
        except urllib.error.HTTPError as refused:
            with refused:
                return Page(refused.status or 0, refused.read().decode(), refused.headers, path_of(refused.url))


def path_of(url: str) -> str:
    return urllib.parse.urlsplit(url).path


@contextmanager
def open_admin(folder: Path, *, database_url: str, **settings: str) -> Iterator[int]:
    """Run the admin until the block ends; yields its port."""
    port = find_free_port()
    process = spawn_admin(folder, port=port, database_url=database_url, admin="1", **settings)
    try:
        deadline = time.monotonic() + 30
        while not accepts(port):
            assert process.poll() is None, (folder / "admin.log").read_text()
            assert time.monotonic() < deadline, "the admin never listened"
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def spawn_admin(folder: Path, *, port: int, database_url: str, **settings: str) -> "subprocess.Popen[str]":
    wanted = {
        "data_dir": str(folder),
        "port": str(port),
        "service_secret": SERVICE_SECRET,
        "django_secret_key": DJANGO_SECRET_KEY,
        "user_database_url": database_url,
        "redis_url": "redis://127.0.0.1:1/0",
        **dict.fromkeys(("logins_per_minute", "tries_per_account"), "0"),
        **settings,
    }
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    with (folder / "admin.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "user_service.admin"],
            env=ours | {f"CHATFLOW_{name.upper()}": value for name, value in wanted.items()},
            cwd=REPOSITORY,
            stdout=log,
            stderr=log,
            text=True,
        )

"""user_service as other services see it: the keys that sign tokens, and the facts about accounts."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth.account_facts.pages import Fact, FactPage, SessionRevoked
from chatflow.auth.principal import Principal
from chatflow.auth.tokens import TokenSigner
from chatflow.ids import new_id


class UserServiceEdge:
    def __init__(self) -> None:
        self._signer = TokenSigner(Ed25519PrivateKey.generate())
        self.facts: list[Fact] = []
        # Whether it answers nothing about facts, and how often it was asked.
        self.is_away = False
        self.asked = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str) -> bytes | None:
        if path == "/.well-known/jwks.json":
            return msgspec.json.encode(self._signer.jwks)
        self.asked += 1
        if self.is_away:
            return None
        asked = parse_qs(path.removeprefix("/internal/facts?"))
        position, kinds = int(asked["after"][0]), asked["kinds"][0].split(",")
        # The first fact has position 2, as 0 is where a follower begins.
        new = [fact for fact in self.facts[max(0, position - 1) :] if fact.__struct_config__.tag in kinds]
        return msgspec.json.encode(FactPage(position=len(self.facts) + 1, facts=new))

    def token(self, user_id: str, *, session_id: str | None = None, lasts_seconds: int = 600) -> str:
        now = int(time.time())
        return self._signer.sign(
            Principal(user_id, session_id=session_id or new_id()), issued_at=now, expires_at=now + lasts_seconds
        )

    def revoke(self, session_id: str) -> None:
        self.facts.append(SessionRevoked(session_id, datetime(2099, 1, 1, tzinfo=UTC)))

    @contextmanager
    def served(self) -> Iterator[None]:
        with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self)) as server:
            self.port = server.server_port
            serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            serving.start()
            try:
                yield
            finally:
                server.shutdown()
                serving.join()


def handler_of(edge: UserServiceEdge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = edge.answer(self.path)
            if body is None:
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on stderr."""

    return Handler

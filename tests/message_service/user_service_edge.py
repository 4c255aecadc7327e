"""user_service as message_service sees it: the keys that sign tokens, and the sessions that ended."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth.principal import Principal
from chatflow.auth.revocations import RevocationPage, Revoked
from chatflow.auth.tokens import TokenSigner
from chatflow.ids import new_id


class UserServiceEdge:
    def __init__(self) -> None:
        self._signer = TokenSigner(Ed25519PrivateKey.generate())
        self.revoked: list[Revoked] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str) -> bytes:
        if path == "/.well-known/jwks.json":
            return msgspec.json.encode(self._signer.jwks)
        position = int(path.removeprefix("/internal/revocations?after="))
        page = RevocationPage(position=len(self.revoked), revoked=self.revoked[position:])
        return msgspec.json.encode(page)

    def token(self, user_id: str, *, session_id: str | None = None, lasts_seconds: int = 600) -> str:
        now = int(time.time())
        return self._signer.sign(
            Principal(user_id, session_id=session_id or new_id()), issued_at=now, expires_at=now + lasts_seconds
        )

    def revoke(self, session_id: str) -> None:
        self.revoked.append(msgspec.convert({"session_id": session_id, "expires_at": "2099-01-01T00:00:00Z"}, Revoked))

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
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on stderr."""

    return Handler

"""Tells our own processes from strangers: ours, the gateway among them, show the service secret.

Headers that say where a request comes from are ignored if a stranger sends them. A stranger who sends a body slowly
occupies one of a few threads at most. The gateway reads bodies itself before it passes them on.
"""

import hmac
import io
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import msgspec

from chatflow.errors import ChatFlowError, Invalid, TooLarge, Unavailable

# As WSGI names the header `chatflow.http.service_client.CREDENTIAL_HEADER`.
CREDENTIAL = "HTTP_X_SERVICE_CREDENTIAL"
FORWARDED = "HTTP_X_FORWARDED_"
# Of the service's eight threads. A body that has arrived completely takes one for some microseconds.
STRANGERS_BODIES_AT_ONCE = 2
# No caller without the secret has a reason to send more.
STRANGERS_BODY_BYTES = 64 * 1024


def with_callers(app: WSGIApplication, *, secret: str) -> WSGIApplication:
    """Recognise our own processes by the secret, and bound what strangers may send."""
    slots = threading.BoundedSemaphore(STRANGERS_BODIES_AT_ONCE)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_ours(environ, secret=secret):
            return app(environ, start_response)
        for name in [name for name in environ if name.startswith(FORWARDED)]:
            del environ[name]
        try:
            take_body(environ, slots=slots)
        except ChatFlowError as error:
            body = msgspec.json.encode({"error": error.body})
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start_response(f"{error.kind.status} Refused", headers)
            return [body]
        return app(environ, start_response)

    return answer


def is_ours(environ: WSGIEnvironment, *, secret: str) -> bool:
    shown = environ.pop(CREDENTIAL, "")
    scheme, _, credential = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if not shown and scheme.lower() == "service":
        shown = credential.strip()
    return hmac.compare_digest(shown.encode(), secret.encode())


def take_body(environ: WSGIEnvironment, *, slots: threading.BoundedSemaphore) -> None:
    """Replace the stream by the whole body, or raise. A body without a length is not read."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise Invalid from None
    if length > STRANGERS_BODY_BYTES:
        raise TooLarge
    if length <= 0:
        environ["wsgi.input"] = io.BytesIO()
        return
    if not slots.acquire(blocking=False):
        raise Unavailable(retry_after=1.0)
    try:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
    finally:
        slots.release()

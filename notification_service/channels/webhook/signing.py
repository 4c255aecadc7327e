"""Signs what is sent, as Standard Webhooks 1.0 says, so that its receiver knows who sent it and when."""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - what each of them begins with
# As many as the standard wants at least.
SECRET_BYTES = 24
# Never changes: the id of what is sent follows from it.
MESSAGES = uuid.UUID("6f0c4f63-2a5e-5d0b-8f0e-9a7d21c94b11")


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def message_id(hook_id: str, *, seq: int, at: str) -> str:
    """Return the id under which a webhook sends an event: always the same, so that a receiver knows what came before.

    The time belongs to it because a log that was brought back from a backup has other events in the same places.
    """
    return f"msg_{uuid.uuid5(MESSAGES, f'{hook_id},{seq},{at}').hex}"


def message_id_of_trial(name: str) -> str:
    """Return the id of a trial, which is never sent twice."""
    return f"msg_{uuid.uuid5(MESSAGES, name).hex}"


def sign(body: bytes, *, message_id: str, timestamp: int, secrets: Sequence[str]) -> dict[str, str]:
    """Return the three headers of the standard, with a signature by each secret."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    signatures = (hmac.digest(key_of(secret), signed, hashlib.sha256) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in signatures),
    }


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX))

"""The credential that a request shows."""

from rest_framework.authentication import get_authorization_header
from rest_framework.request import Request


def credential_of(request: Request, *, scheme: str) -> str | None:
    """Return it if it is of this scheme."""
    name, _, credential = get_authorization_header(request).decode("latin-1").partition(" ")
    return credential.strip() if name.lower() == scheme else None

"""The keys that this process holds, opened once: what signs access tokens, and what refresh tokens derive from."""

import hashlib
import hmac
from functools import cache

from django.conf import settings

from chatflow.auth.keys import open_token_key
from chatflow.auth.tokens import KnownTokens, TokenSigner
from user_service.sessions.refresh_tokens import RefreshTokens


@cache
def token_signer() -> TokenSigner:
    return TokenSigner(open_token_key(settings.CHATFLOW.token_key))


@cache
def known_tokens() -> KnownTokens:
    """Our own tokens; which sessions ended, the caller asks the sessions table itself."""
    known = KnownTokens()
    known.load_keys(token_signer().jwks)
    return known


@cache
def refresh_tokens() -> RefreshTokens:
    return RefreshTokens(hmac.digest(settings.SECRET_KEY.encode(), b"chatflow refresh tokens", hashlib.sha256))

"""Run by the older program (`BEFORE` in conftest.py): signs a token, or verifies one, with the key and ids given."""

import sys
import time
from pathlib import Path

from chatflow.token_keys import open_token_key  # type: ignore[import-not-found]
from chatflow.tokens import KnownTokens, TokenSigner  # type: ignore[import-not-found]

if __name__ == "__main__":
    what, key, *given = sys.argv[1:]
    signer = TokenSigner(open_token_key(Path(key)))
    if what == "sign":
        user_id, session_id = given
        now = int(time.time())
        sys.stdout.write(signer.sign(user_id, session_id=session_id, issued_at=now, expires_at=now + 900))
    else:
        known = KnownTokens()
        known.load_keys(signer.jwks)
        verified = known.verify(given[0])
        sys.stdout.write(f"{verified.user_id} {verified.session_id}")

"""Alice's session, its token, and a clock for it."""

from chatflow.auth.principal import Principal
from chatflow.auth.tokens import TokenSigner
from chatflow.ids import new_id

NOW = 1_700_000_000
ALICE = new_id()
SESSION = new_id()
PRINCIPAL = Principal(ALICE, session_id=SESSION)


class Clock:
    """Unix time that a test turns on by hand."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


def sign(signer: TokenSigner, *, principal: Principal = PRINCIPAL, expires_at: int = NOW + 900) -> str:
    return signer.sign(principal, issued_at=NOW, expires_at=expires_at)

"""While one version replaces another, each reads the tokens that the other signed."""

import subprocess
import sys
import time
from pathlib import Path

from chatflow.auth.keys import open_token_key
from chatflow.auth.principal import Principal
from chatflow.auth.tokens import KnownTokens, TokenSigner
from chatflow.ids import new_id

PROGRAM = Path(__file__).with_name("tokens_before.py")


def ask_before(before: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        env={"PYTHONPATH": str(before)},
        cwd=before,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_version_before_knows_who_holds_a_token_of_this_one(before: Path, tmp_path: Path) -> None:
    key = tmp_path / "token.pem"
    principal = Principal(new_id(), kind="bot", role="guest", scopes=("search",), session_id=new_id())
    now = int(time.time())
    token = TokenSigner(open_token_key(key)).sign(principal, issued_at=now, expires_at=now + 900)

    assert ask_before(before, "verify", str(key), token) == f"{principal.user_id} {principal.session_id}"


def test_who_holds_a_token_of_the_version_before_is_a_person_without_a_special_role(
    before: Path, tmp_path: Path
) -> None:
    key, user_id, session_id = tmp_path / "token.pem", new_id(), new_id()
    known = KnownTokens()
    known.load_keys(TokenSigner(open_token_key(key)).jwks)

    token = ask_before(before, "sign", str(key), user_id, session_id)

    assert known.verify(token).principal == Principal(
        user_id, kind="person", role="member", scopes=None, session_id=session_id
    )

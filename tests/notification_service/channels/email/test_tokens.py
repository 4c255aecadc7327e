"""A link in a mail ends the mails of its person and of nobody else, and nobody makes one."""

import pytest

from chatflow.errors import Invalid
from chatflow.ids import new_id
from notification_service.channels.email.tokens import UnsubscribeTokens

BOB, CAROL = new_id(), new_id()
TOKENS = UnsubscribeTokens("a secret of this test")


def test_a_token_names_its_person_and_stays_the_same() -> None:
    assert TOKENS.read(TOKENS.write(BOB)) == BOB
    assert TOKENS.write(BOB) == TOKENS.write(BOB) != TOKENS.write(CAROL)


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", BOB, f"{BOB}.", f".{TOKENS.write(BOB)}"),
        f"{CAROL}.{TOKENS.write(BOB).partition('.')[2]}",
        *(TOKENS.write(BOB)[:-1], f"{TOKENS.write(BOB)}A", f"{BOB}.é"),
        UnsubscribeTokens("another secret").write(BOB),
    ],
    ids=range(10),
)
def test_what_is_no_token_is_nobodys(token: str) -> None:
    with pytest.raises(Invalid):
        TOKENS.read(token)

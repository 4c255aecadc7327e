"""Who blocks whom, from the moment at which user_service has told it all."""

from chat_service.deciding.rules.context import BlocksUnknown
from chatflow.auth.account_facts.replica import AccountFacts


class ToldBlocks:
    """Answers by the facts about accounts. Before they were read whole, nobody is taken to be unblocked."""

    def __init__(self, facts: AccountFacts) -> None:
        self._facts = facts

    def blocks(self, user_id: str, other_id: str, /) -> bool:
        """Tell whether this person blocks the other, or raise BlocksUnknown."""
        if not self._facts.loaded:
            raise BlocksUnknown
        return self._facts.blocks(user_id, other_id)

"""Every kind of command has a rule, and the event by which a repeated one is known."""

from typing import get_args

import pytest

from chat_service.deciding.repeated_commands import MADE_BY, TYPE_OF_EVENT
from chat_service.deciding.rules.decide import RULES
from chat_service.deciding.rules.permissions import LOWEST_ROLE, Act
from chatflow.protocol.commands import AnyCommand
from chatflow.protocol.events import Event

COMMANDS = set(get_args(AnyCommand))


def test_every_command_has_a_rule() -> None:
    assert RULES.keys() == COMMANDS


def test_every_command_is_known_by_an_event() -> None:
    assert MADE_BY.keys() == COMMANDS
    assert set(MADE_BY.values()) <= set(get_args(Event))


def test_no_two_commands_have_one_name() -> None:
    assert len({kind.__struct_config__.tag for kind in COMMANDS}) == len(COMMANDS)


def test_no_two_events_have_one_name() -> None:
    assert len(set(TYPE_OF_EVENT.values())) == len(TYPE_OF_EVENT)


@pytest.mark.parametrize("act", Act)
def test_every_act_says_who_may(act: Act) -> None:
    assert LOWEST_ROLE[act].keys() == {"channel", "group", "direct"}

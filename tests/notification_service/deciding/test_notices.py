"""Every kind of notice can be turned off and explained, and so can every reason to keep it back."""

from typing import get_args

from notification_service.deciding.notices import Suppressed
from notification_service.deciding.preferences import Kind, Kinds
from notification_service.inbox.api import BECAUSE, BUT


def test_every_kind_can_be_turned_off() -> None:
    assert Kinds.__struct_fields__ == get_args(Kind)


def test_every_kind_is_explained() -> None:
    assert BECAUSE.keys() == {*get_args(Kind), "webhook"}


def test_every_reason_to_keep_a_notice_back_is_explained() -> None:
    assert BUT.keys() == set(get_args(Suppressed))

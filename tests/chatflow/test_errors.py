"""The error table is complete, and every error says what the client needs to know."""

import pytest

from chatflow.errors import ERROR_BY_CODE, ERRORS, Conflict, ErrorBody, Internal, Outcome, RateLimited, error_from_body

NOT_TRIED = {"rate_limited", "unavailable", "unauthenticated", "token_expired"}


def test_every_code_has_one_class_and_every_class_one_row() -> None:
    assert set(ERROR_BY_CODE) == set(ERRORS)


@pytest.mark.parametrize("code", sorted(NOT_TRIED))
def test_an_attempt_that_was_not_tried_says_so(code: str) -> None:
    assert ERRORS[code].outcome is Outcome.NOT_TRIED


def test_a_timeout_leaves_the_outcome_unknown_and_may_be_repeated() -> None:
    assert ERRORS["timeout"].outcome is Outcome.UNKNOWN
    assert ERRORS["timeout"].retryable


def test_a_rejection_is_never_retryable() -> None:
    assert not [code for code, kind in ERRORS.items() if kind.outcome is Outcome.REJECTED and kind.retryable]


def test_an_error_crosses_a_process_boundary_unchanged() -> None:
    error = RateLimited("slower", retry_after=1.5)

    returned = error_from_body(error.body)

    assert type(returned) is RateLimited
    assert returned.body == error.body

    about_a_room = Conflict("there is one", room_id="elsewhere").body
    assert error_from_body(about_a_room).body == about_a_room


def test_a_code_from_a_newer_process_is_an_internal_error() -> None:
    returned = error_from_body(ErrorBody(code="brand_new", message="?", retryable=True))

    assert type(returned) is Internal

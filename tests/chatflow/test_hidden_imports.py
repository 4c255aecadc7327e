"""A hidden module looks absent for a while, and only if it was not there before."""

import importlib
import sys

import pytest

from chatflow.hidden_imports import hidden_imports


def test_a_hidden_module_is_absent_until_the_end() -> None:
    sys.modules.pop("colorsys", None)

    with hidden_imports("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")

    assert importlib.import_module("colorsys").__name__ == "colorsys"


def test_a_module_that_is_in_use_stays() -> None:
    before = importlib.import_module("json")

    with hidden_imports("json"):
        assert importlib.import_module("json") is before

    assert sys.modules["json"] is before

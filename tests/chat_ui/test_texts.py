"""The browser client has a sentence for every error that it can meet, in each of its languages."""

import re

import pytest

from chatflow.errors import ERRORS
from tests.chat_ui.build import CHAT_UI


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_error_has_a_sentence(language: str) -> None:
    texts = (CHAT_UI / "src" / "lib" / "i18n" / language / "errors.ts").read_text()

    assert ERRORS.keys() - set(re.findall(r'"error\.(\w+)":', texts)) == set()

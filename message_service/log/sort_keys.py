"""How names are compared: in the same way by every store."""

import unicodedata


def sort_key(text: str) -> str:
    """Return the text in a form to search and sort by: no case, no width, composed Hangul.

    Folding the case can decompose a letter again, so the text is composed twice.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())

"""How names are compared: the same for every store."""

import unicodedata


def sort_key(text: str) -> str:
    """Return what people would look for and sort by: no case, no width, composed Hangul.

    Folding the case can take a letter apart again, which is why it is composed twice.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())

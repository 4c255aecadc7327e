"""The words of the client, by their keys, so that a screen is found in either language."""

import json
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "chat_ui" / "src" / "lib" / "i18n"
ENTRY = re.compile(r'^ +"(?P<key>[\w.]+)":\s+(?P<words>"(?:[^"\\]|\\.)*"),$', re.MULTILINE)


@cache
def words(language: str) -> dict[str, str]:
    texts = [file.read_text() for file in sorted((FOLDER / language).glob("*.ts"))]
    return {entry["key"]: json.loads(entry["words"]) for text in texts for entry in ENTRY.finditer(text)}

"""Each folder says in its first sentence what may live there, and ARCHITECTURE.md lists them all."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("gateway", "chat_service", "message_service", "user_service", "notification_service")
PACKAGES = ("chatflow", "chatflow_django", *SERVICES)
ROW = re.compile(r"^\| `(?P<folder>[^`]+)/` \| (?P<sentence>.+) \|$", re.MULTILINE)


def folders() -> dict[str, str]:
    found = {}
    for init in sorted(init for package in PACKAGES for init in (ROOT / package).rglob("__init__.py")):
        if "migrations" not in init.parts:
            paragraph = (ast.get_docstring(ast.parse(init.read_text())) or "").partition("\n\n")[0]
            found[str(init.parent.relative_to(ROOT))] = " ".join(paragraph.split())
    return found


def test_each_folder_stands_in_the_architecture_with_its_own_sentence() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    listed = text.partition("<!-- folders")[2].partition("<!-- end of folders -->")[0]

    assert {row["folder"]: row["sentence"] for row in ROW.finditer(listed)} == folders()


def test_each_folder_says_what_may_live_there() -> None:
    assert [folder for folder, sentence in folders().items() if not sentence.endswith(".")] == []


def test_both_stores_of_messages_have_the_same_files_apart_from_those_that_they_explain() -> None:
    stores = [ROOT / "message_service/stores" / server for server in ("sqlite", "mongodb")]
    files = [{file.stem for file in store.glob("*.py")} for store in stores]
    explained = [
        set(re.findall(r"`(\w+)`", ast.get_docstring(ast.parse((store / "__init__.py").read_text())) or ""))
        for store in stores
    ]

    assert explained == [files[0] - files[1], files[1] - files[0]]

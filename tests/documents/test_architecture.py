"""ARCHITECTURE.md tells the life of a message by files and functions that exist, in at most twelve files."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| \d+ \| .*? \| `(?P<file>[^`]+)` \| `(?P<name>[^`]+)` \|$", re.MULTILINE)
# From the browser's Enter to another browser's screen; more would be a chain nobody can hold in mind.
FILES_AT_MOST = 12


def life() -> str:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    return text.partition("<!-- life of a message")[2].partition("<!-- end of life -->")[0]


def steps() -> list[tuple[str, str]]:
    return [(match["file"], match["name"]) for match in ROW.finditer(life())]


def python_steps() -> list[tuple[str, str]]:
    return [step for step in steps() if step[0].endswith(".py")]


def browser_steps() -> list[tuple[str, str]]:
    return [step for step in steps() if not step[0].endswith(".py")]


def test_the_life_is_told_in_few_files() -> None:
    files = {file for file, _ in steps()}

    assert len(steps()) == len(re.findall(r"^\| \d", life(), re.MULTILINE)) >= 8
    assert len(files) <= FILES_AT_MOST


@pytest.mark.parametrize(("file", "name"), python_steps())
def test_a_function_of_the_life_exists(file: str, name: str) -> None:
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    found: object = module
    for part in name.split("."):
        found = getattr(found, part)

    assert callable(found)


@pytest.mark.parametrize(("file", "name"), browser_steps())
def test_a_browser_function_of_the_life_exists(file: str, name: str) -> None:
    source = (ROOT / file).read_text()

    assert re.search(rf"\b(function|const) {re.escape(name)}\b|^  (async )?{re.escape(name)}\(", source, re.MULTILINE)


def test_every_relative_link_of_the_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [
        (document, link)
        for document in documents
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
    ]

    assert [(document, link) for document, link in links if not (document.parent / link).exists()] == []

"""Renders every screen in both themes, both languages and all widths: `python -m tests.chat_ui.shots`.

It starts a product with the people of the demo, and writes into build/ui-shots, with one page that shows all of it.
"""

import argparse
import asyncio
import html
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright

from tests.chat_ui.browsers import QUIET, find_chromium
from tests.chat_ui.build import run_build
from tests.chat_ui.demo import Demo, open_demo, open_demo_system
from tests.chat_ui.screens import PHONE, SIGNED_IN, SIGNED_OUT, Screen, Visit, walk

OUT = Path(__file__).parents[2] / "build" / "ui-shots"
# The panel over the conversation, beside it, and on a wide page.
WIDTHS = (1100, 1440, 1920)
LANGUAGES = ("en", "ko")
LOCALES = {"en": "en-US", "ko": "ko-KR"}
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
HEIGHT = 900
PHONE_HEIGHT = 844
STYLE = "body{font:14px sans-serif}div{display:flex;gap:12px;overflow-x:auto}img{height:420px;border:1px solid #ccc}"


@dataclass(frozen=True)
class Look:
    """How a walk through the screens looks."""

    language: str
    theme: Literal["light", "dark"]
    width: int


async def main(arguments: argparse.Namespace) -> None:
    run_build()
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_demo_system(Path(folder)) as system:
        async with open_demo(system) as demo, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
            for values in product(arguments.languages, arguments.themes, arguments.widths):
                await render(browser, demo, Look(*values), only=arguments.only)
            write_index(OUT)
            await browser.close()


async def render(browser: Browser, demo: Demo, look: Look, *, only: Sequence[str] = ()) -> None:
    """Render the screens in one look."""
    phone = look.width < PHONE
    context = await browser.new_context(
        locale=LOCALES[look.language],
        timezone_id=morning_zone(),
        color_scheme=look.theme,
        reduced_motion="reduce",
        viewport={"width": look.width, "height": PHONE_HEIGHT if phone else HEIGHT},
        has_touch=phone,
        is_mobile=phone,
    )
    page = await context.new_page()
    visit = Visit(demo, page, look.language)

    async def take(screen: Screen) -> None:
        await page.evaluate("document.fonts.ready")
        await page.screenshot(path=file_of(screen.name, look), animations="disabled")

    await demo.leave_unread()
    await page.goto(demo.url)
    await walk(visit, [screen for screen in SIGNED_OUT if not only or screen.name in only], take)
    await visit.go("/")
    await visit.sign_in()
    await walk(visit, [screen for screen in SIGNED_IN if not only or screen.name in only], take)
    await context.close()


def file_of(screen: str, look: Look) -> Path:
    return OUT / f"{screen}-{look.width}-{look.theme}-{look.language}.png"


def morning_zone() -> str:
    """Return the zone where it is ten in the morning; its names count against the sun."""
    return f"Etc/GMT{min(datetime.now(UTC).hour - 10, 12):+d}"


def write_index(folder: Path) -> None:
    """Write the page that shows all of them, a screen a row."""
    names = [screen.name for screen in SIGNED_OUT + SIGNED_IN]
    rows = [(name, sorted(folder.glob(f"{name}-[0-9]*.png"), key=width_of)) for name in names]
    parts = [f"<h2>{name}</h2><div>{''.join(figure(file) for file in files)}</div>" for name, files in rows if files]
    (folder / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>Screens</title><style>{STYLE}</style>{''.join(parts)}\n"
    )


def width_of(file: Path) -> tuple[int, str]:
    return int(file.stem.split("-")[-3]), file.stem


def figure(file: Path) -> str:
    name = html.escape(file.name)
    return (
        f'<figure><a href="{name}"><img loading=lazy src="{name}" alt=""></a><figcaption>{name}</figcaption></figure>'
    )


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=(), help="the names of the screens to keep")
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(read_arguments()))

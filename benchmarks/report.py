"""The report: one JSON file per row as it was measured, and from all that are there a table, plots and a page."""

import json
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.result import Claim, Measure, Result
from benchmarks.svg import draw

BEGIN, END = "<!-- report -->", "<!-- end of report -->"
VERDICTS = {True: "met", False: "**missed**", None: "—"}


@dataclass(frozen=True)
class Measured:
    """A row's result, and when and on what it was measured."""

    name: str
    title: str
    at: str
    quick: bool
    seconds: float
    machine: dict[str, str]
    versions: dict[str, str]
    result: Result


def save(results: Path, measured: Measured) -> None:
    results.mkdir(parents=True, exist_ok=True)
    content = {**vars(measured), "result": measured.result.to_json()}
    (results / f"{measured.name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    for curve in measured.result.curves:
        (results / f"{measured.name}-{curve.name}.svg").write_text(draw(curve))


def load(results: Path, names: list[str]) -> list[Measured]:
    """Return the results that are there, in the order of the rows, whenever each was measured."""
    paths = [results / f"{name}.json" for name in names]
    found = [json.loads(path.read_text()) for path in paths if path.exists()]
    return [Measured(**{**each, "result": Result.from_json(each["result"])}) for each in found]


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def as_text(found: list[Measured]) -> str:
    """What is printed at the end."""
    lines = []
    for each in found:
        lines.append(f"{each.title}{' (quick: one short run)' if each.quick else ''}")
        lines += [f"  {measure.what:<58} {figure(measure):>14} {measure.unit}" for measure in each.result.measures]
        for claim in each.result.claims:
            lines.append(f"  {verdict(claim):>8}  {claim.target}: {claim.reached}")
        lines += [f"  note: {note}" for note in each.result.notes]
    return "\n".join(lines) + "\n"


def as_page(found: list[Measured], *, plots: str) -> str:
    """The same in Markdown, misses first."""
    if not found:
        return "Nothing was measured yet.\n"
    newest = max(found, key=lambda each: each.at)
    lines = [f"Measured {newest.at}. {facts(newest.machine)}.", ""]
    lines += [*textwrap.wrap(f"{facts(newest.versions)}.", 130), ""]
    misses = [(each, claim) for each in found for claim in each.result.claims if claim.is_met is False]
    lines += ["**Missed:**" if misses else "No target was missed.", ""]
    lines += [f"- {each.title}: {claim.target}, reached {claim.reached}" for each, claim in misses]
    lines += ["", "| what | target | reached | |", "|---|---|---|---|"]
    for each in found:
        for claim in each.result.claims:
            lines.append(f"| {each.title} | {claim.target} | {claim.reached} | {VERDICTS[claim.is_met]} |")
    for each in found:
        lines += ["", f"### {each.title}", ""]
        if each.quick or each.at != newest.at:
            lines += [f"{'One short run, ' if each.quick else 'Measured '}{each.at}.", ""]
        if each.result.measures:
            lines += ["| figure | median | unit | spread | runs |", "|---|---|---|---|---|"]
            lines += [
                f"| {measure.what} | {figure(measure)} | {measure.unit} | {spread(measure)} | {len(measure.values)} |"
                for measure in each.result.measures
            ]
        lines += [f"\n{note}" for note in each.result.notes]
        lines += [f"\n![{curve.title}]({plots}/{each.name}-{curve.name}.svg)" for curve in each.result.curves]
    return "\n".join(lines) + "\n"


def write_page(page: Path, found: list[Measured], *, results: Path) -> None:
    """Put the report between the page's marks, and the plots beside it."""
    plots = page.parent / "plots"
    plots.mkdir(exist_ok=True)
    for each in found:
        for curve in each.result.curves:
            name = f"{each.name}-{curve.name}.svg"
            (plots / name).write_text((results / name).read_text())
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{as_page(found, plots=plots.name)}{END}{after}")


def figure(measure: Measure) -> str:
    value = measure.median
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(measure: Measure) -> str:
    return f"{measure.spread:.0%}" if len(measure.values) > 1 else ""


def verdict(claim: Claim) -> str:
    return {True: "met", False: "MISSED", None: "–"}[claim.is_met]


def facts(named: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in named.items())

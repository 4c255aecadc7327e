"""The report says what was measured, misses first, and keeps each row as soon as it is there."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from benchmarks.report import BEGIN, END, Measured, as_page, as_text, load, save, write_page
from benchmarks.result import Claim, Curve, Measure, Result, at_least, at_most, not_compared

RESULT = Result(
    measures=[Measure("deliveries", "per CPU-second", [90.0, 100.0, 120.0])],
    claims=[
        at_least(2.5, 2, of="Node"),
        at_most(70, 50, what="p99", unit="ms"),
        not_compared("≥ 20× Centrifugo", "absent"),
    ],
    curves=[
        Curve("sizes", "By size", "members", "deliveries", {"ours": [(10, 5.0), (1000, 6.0)], "Node": [(10, 1.0)]})
    ],
    notes=["Measured on a Sunday."],
)


def measured(name: str, result: Result = RESULT) -> Measured:
    return Measured(
        name=name, title=f"The {name} row", at="2026-11-21 12:00 UTC", quick=False, seconds=1.0,
        machine={"processor": "2 × fast"}, versions={"Python": "3.11"}, result=result,
    )  # fmt: skip


def test_a_measure_is_its_median_and_how_far_its_runs_are_apart() -> None:
    measure = Measure("deliveries", "per CPU-second", [90.0, 100.0, 120.0])

    assert measure.median == 100.0
    assert measure.spread == pytest.approx(0.3)


def test_rows_are_kept_one_by_one_and_come_back_in_the_report_s_order(tmp_path: Path) -> None:
    save(tmp_path, measured("second"))
    save(tmp_path, measured("first"))

    assert load(tmp_path, ["first", "absent", "second"]) == [measured("first"), measured("second")]


def test_a_row_measured_again_takes_the_place_of_the_old(tmp_path: Path) -> None:
    save(tmp_path, measured("first"))
    save(tmp_path, measured("first", Result(notes=["again"])))

    assert [each.result.notes for each in load(tmp_path, ["first"])] == [["again"]]


def test_the_page_names_every_miss_before_all_figures() -> None:
    page = as_page([measured("first")], plots="plots")

    assert "- The first row: p99 ≤ 50 ms, reached 70 ms" in page.partition("| what | target |")[0]
    assert "| The first row | ≥ 2× Node | 2.50× | met |" in page
    assert "| The first row | ≥ 20× Centrifugo | absent | — |" in page
    assert "| deliveries | 100 | per CPU-second | 30% | 3 |" in page
    assert "2 × fast" in page


def test_the_page_says_where_nothing_was_missed() -> None:
    page = as_page([measured("first", Result(claims=[Claim("as fast", "faster", is_met=True)]))], plots="plots")

    assert "No target was missed." in page


def test_the_printed_table_has_every_figure_and_claim() -> None:
    text = as_text([measured("first")])

    assert "MISSED  p99 ≤ 50 ms: 70 ms" in text
    assert "met  ≥ 2× Node: 2.50×" in text
    assert "note: Measured on a Sunday." in text


def test_the_report_is_put_between_the_page_s_marks_with_its_plots(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    results = tmp_path / "results"
    save(results, measured("first"))

    write_page(page, load(results, ["first"]), results=results)
    write_page(page, load(results, ["first"]), results=results)

    content = page.read_text()
    assert content.startswith(f"before\n{BEGIN}\n")
    assert content.endswith(f"{END}\nafter\n")
    assert content.count("### The first row") == 1
    assert "old" not in content
    assert (tmp_path / "plots" / "first-sizes.svg").exists()


def test_a_plot_is_a_picture_with_a_line_per_label(tmp_path: Path) -> None:
    save(tmp_path, measured("first"))

    picture = ElementTree.parse(tmp_path / "first-sizes.svg").getroot()  # noqa: S314 our own

    lines = [each for each in picture if each.tag.endswith("polyline")]
    assert len(lines) == 2
    assert {"ours", "Node", "By size"} <= {each.text for each in picture}

"""monitoring/: what Prometheus, the alerts, the runbook and the dashboard say about each other and about the code."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.house.compose import ROOT, SERVICES, environments, written
from tests.house.promql import ambiguous_series, defined_series, series_of
from tests.servers import ServerMissing
from tests.servers.skips import give_up_without

MONITORING = ROOT / "monitoring"
DASHBOARD = json.loads((MONITORING / "grafana/dashboards/chatflow.json").read_text())
RULES = [rule for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
PROVISIONING = MONITORING / "grafana/provisioning"


def scrapes() -> dict[str, tuple[str, int]]:
    """Return where each job is scraped: host and port."""
    found = {}
    for job in yaml.safe_load((MONITORING / "prometheus.yml").read_text())["scrape_configs"]:
        for lookup in job.get("dns_sd_configs", []):
            found[job["job_name"]] = (lookup["names"][0], lookup["port"])
        for static in job.get("static_configs", []):
            host, _, port = static["targets"][0].partition(":")
            found[job["job_name"]] = (host, int(port))
    return found


def dashboard_queries() -> list[tuple[str, dict[str, Any]]]:
    return [(panel["title"], target) for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]


@pytest.mark.parametrize("what", [("config", "prometheus.yml"), ("rules", "alerts.yml")])
def test_promtool_accepts_it(what: tuple[str, str]) -> None:
    if shutil.which("promtool") is None:
        give_up_without(ServerMissing("promtool", "it is not on the PATH; Debian's package is prometheus"))
    kind, file = what

    done = subprocess.run(["promtool", "check", kind, MONITORING / file], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


def test_every_service_is_scraped_where_it_tells_its_metrics() -> None:
    inner = int(environments()["gateway"]["CHATFLOW_INNER_PORT"])
    expected = {name: (name, 8080) for name in SERVICES} | {"gateway": ("gateway", inner)}

    assert {job: target for job, target in scrapes().items() if job in SERVICES} == expected


def test_prometheus_reaches_what_it_scrapes() -> None:
    services = written()["services"]
    hosts = {host for host, _ in scrapes().values()} - {"localhost"}

    assert all(set(services[host]["networks"]) & set(services["prometheus"]["networks"]) for host in hosts)


def test_each_alert_has_a_heading_in_the_runbook() -> None:
    headings = re.findall(r"^## (\w+)$", (MONITORING / "runbook.md").read_text(), re.MULTILINE)

    assert headings == [rule["alert"] for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_asks_for_series_and_jobs_that_exist(rule: dict[str, Any]) -> None:
    asked = series_of(rule["expr"])

    assert asked
    assert asked <= defined_series()
    assert set(re.findall(r'job="([^"]+)"', rule["expr"])) <= set(scrapes())
    assert rule["annotations"]["summary"]


@pytest.mark.parametrize(("panel", "query"), dashboard_queries(), ids=lambda value: str(value)[:40])
def test_a_panel_asks_for_series_that_exist(panel: str, query: dict[str, Any]) -> None:
    sources = yaml.safe_load((PROVISIONING / "datasources/chatflow.yml").read_text())["datasources"]
    asked = series_of(query["expr"].replace("$__rate_interval", "5m"))

    assert query["datasource"]["uid"] in {source["uid"] for source in sources}, panel
    assert query["datasource"]["uid"] == "loki" or (asked and asked <= defined_series()), panel


def test_a_name_with_two_meanings_is_asked_of_one_service() -> None:
    """If two services define a series of one name, its sum means nothing."""
    expressions = [rule["expr"] for rule in RULES] + [query["expr"] for _, query in dashboard_queries()]
    unclear = [
        (expression, name)
        for expression in expressions
        for name in series_of(expression) & ambiguous_series()
        if not re.search(rf'{name}\{{[^}}]*job="', expression)
    ]

    assert unclear == []


def test_the_panels_have_ids_of_their_own_and_lie_beside_each_other() -> None:
    cells = [
        (panel["gridPos"]["x"] + column, panel["gridPos"]["y"] + line)
        for panel in DASHBOARD["panels"]
        for column in range(panel["gridPos"]["w"])
        for line in range(panel["gridPos"]["h"])
    ]

    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert len(set(cells)) == len(cells)
    assert max(column for column, _ in cells) < 24


def test_grafana_finds_what_is_provisioned() -> None:
    grafana = written()["services"]["grafana"]
    mounted = dict(volume.split(":")[:2][::-1] for volume in grafana["volumes"])
    provider = yaml.safe_load((PROVISIONING / "dashboards/chatflow.yml").read_text())["providers"][0]

    assert mounted["/etc/grafana/provisioning"] == "./monitoring/grafana/provisioning"
    assert mounted[provider["options"]["path"]] == "./monitoring/grafana/dashboards"
    for source in yaml.safe_load((PROVISIONING / "datasources/chatflow.yml").read_text())["datasources"]:
        assert re.match(r"http://(\w+):\d+$", source["url"])[1] in written()["services"]  # type: ignore[index]


def test_every_file_that_a_container_mounts_exists() -> None:
    sources = [
        volume.split(":")[0]
        for service in written()["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]

    assert len(sources) >= 6
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_services_send_their_logs_where_loki_takes_them() -> None:
    endpoints = {environments()[name]["CHATFLOW_OTLP_ENDPOINT"] for name in SERVICES}
    port = yaml.safe_load((MONITORING / "loki.yml").read_text())["server"]["http_listen_port"]

    assert endpoints == {f"http://loki:{port}/otlp"}
    assert all("monitoring" in written()["services"][name]["networks"] for name in [*SERVICES, "loki"])

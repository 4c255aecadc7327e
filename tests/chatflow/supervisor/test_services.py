"""The plan of the real system: who starts after whom, and what each process is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatflow.process.settings import Settings, unknown_variables
from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.supervisor.plan import Plan, ProcessPlan, read_plan, write_plan
from chatflow.supervisor.services import plan_system
from tests.servers.ports import find_free_port

MakePlan = Callable[..., Plan]


@pytest.fixture
def make_plan(tmp_path: Path) -> MakePlan:
    def make(**settings: Any) -> Plan:
        prepare_data_folder(tmp_path)
        return plan_system(Settings(data_dir=tmp_path, port=0, **settings), data_lock_fd=0)

    return make


def by_name(plan: Plan) -> dict[str, ProcessPlan]:
    return {process.name: process for process in plan.processes}


def test_each_process_starts_after_those_it_stands_on(make_plan: MakePlan) -> None:
    stages = {name: process.stage for name, process in by_name(make_plan()).items()}

    assert set(stages) == {
        *("valkey", "user_service", "message_service", "notification_service", "chat_service", "gateway"),
    }
    assert stages["valkey"] < min(stages["user_service"], stages["message_service"])
    assert stages["message_service"] < stages["chat_service"] < stages["gateway"]
    assert stages["user_service"] < stages["notification_service"]


def test_the_admin_runs_where_it_is_wanted_on_the_port_that_was_chosen(make_plan: MakePlan) -> None:
    port = find_free_port()
    admin = by_name(make_plan(admin=True, admin_port=port))["admin"]
    anywhere = by_name(make_plan(admin=True, admin_port=0))["admin"]

    assert (admin.argv[-1], admin.port, admin.environment["CHATFLOW_PORT"]) == (
        "user_service.admin",
        port,
        str(port),
    )
    assert admin.environment["CHATFLOW_HOST"] == "127.0.0.1"
    assert anywhere.port != 0
    assert admin.stage > by_name(make_plan())["user_service"].stage


def test_links_in_mails_lead_to_where_people_reach_the_system(make_plan: MakePlan) -> None:
    plan = make_plan()
    told = {name: process.environment.get("CHATFLOW_PUBLIC_URL") for name, process in by_name(plan).items()}

    assert told["user_service"] == plan.address
    assert {url for name, url in told.items() if name != "user_service"} == {None}
    # What the operator says reaches every process as it is.
    named = by_name(make_plan(public_url=["https://chat.example.com"]))
    assert "CHATFLOW_PUBLIC_URL" not in named["user_service"].environment


def test_every_process_is_told_only_settings_that_exist(make_plan: MakePlan) -> None:
    told = {name for process in make_plan().processes for name in process.environment}

    assert {"CHATFLOW_PORT", "CHATFLOW_REDIS_URL", "CHATFLOW_SECRETS_DIR"} <= told
    assert unknown_variables(told) == set()


def test_no_two_processes_share_a_port_or_a_name(make_plan: MakePlan) -> None:
    plan = make_plan(workers=3)

    assert len({process.port for process in plan.processes}) == len(plan.processes)
    assert {"chat_service-1", "chat_service-2", "chat_service-3"} <= set(by_name(plan))
    assert by_name(plan)["chat_service-2"].argv[-1] == "chat_service"
    assert by_name(plan)["chat_service-2"].environment["CHATFLOW_PROCESS_NAME"] == "chat_service-2"


def test_what_the_operator_names_is_left_to_the_environment(make_plan: MakePlan) -> None:
    plan = make_plan(redis_url="redis://elsewhere:6379/0", message_store_url="mongodb://elsewhere/chat")

    assert "valkey" not in by_name(plan)
    told = {name for process in plan.processes for name in process.environment}
    assert not {"CHATFLOW_REDIS_URL", "CHATFLOW_MESSAGE_STORE_URL", "CHATFLOW_JOB_QUEUE_URL"} & told


def test_gateways_share_the_public_port_and_each_has_an_inner_one(make_plan: MakePlan) -> None:
    plan = by_name(make_plan(gateways=2))
    first, second = plan["gateway-1"], plan["gateway-2"]

    assert first.port == second.port
    assert first.probe_port != second.probe_port
    assert [process.environment["CHATFLOW_INNER_PORT"] for process in (first, second)] == [
        str(first.probe_port),
        str(second.probe_port),
    ]
    assert second.environment["CHATFLOW_PROCESS_NAME"] == "gateway-2"
    assert second.environment["CHATFLOW_GATEWAYS"] == "2"
    assert second.argv[-1] == "gateway"


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://localhost:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")],
)
def test_the_address_leads_to_the_gateway(make_plan: MakePlan, host: str, address: str) -> None:
    plan = make_plan(host=host)

    assert plan.address == f"{address}{by_name(plan)['gateway'].port}"
    assert by_name(plan)["gateway"].environment["CHATFLOW_HOST"] == host


def test_a_written_plan_is_read_as_it_was(make_plan: MakePlan) -> None:
    plan = make_plan(demo=True)

    assert read_plan(write_plan(plan)) == plan

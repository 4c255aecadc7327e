"""One record is one line of JSON with its ids, whatever a client put into a name; and the same goes out by OTLP."""

import gzip
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from chatflow.process.telemetry_otlp import LAST_BATCH_SECONDS

SCRIPT = """
import logging
import structlog
from chatflow.process.settings import load_settings
from chatflow.process.telemetry import bind_context, configure_telemetry

configure_telemetry(load_settings(), service="gateway")
with bind_context(request_id="r-1"):
    structlog.get_logger("chat").info("joined", room_id="room-7", name="eve\\r\\n{\\"event\\": \\"forged\\"}\\x1b[31m")
    logging.getLogger("library").warning("heard %s", "this")
try:
    secret = "hunter2"
    raise ValueError("broken")
except ValueError:
    structlog.get_logger("chat").exception("failed")
"""


# Libraries log what they like; stamina, of each retry, an empty object.
ODD_SCRIPT = """
import structlog
from chatflow.process.settings import load_settings
from chatflow.process.telemetry import configure_telemetry

configure_telemetry(load_settings(), service="gateway")
log = structlog.get_logger("library")
log.warning("retried", kwargs={}, args=(1, {"a": [None]}), size=2**70, of=object, half="\\ud800")
log.info({"not": "a text"})
log.info("at the end")
"""


def run_script(script: str = SCRIPT, **environment: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": ".", **environment}, capture_output=True, check=True
    )
    assert done.stderr == b""
    return [msgspec.json.decode(line) for line in done.stdout.splitlines()]


def test_each_record_is_one_line_with_the_ids_of_its_work() -> None:
    joined, heard, failed = run_script(CHATFLOW_PROCESS_NAME="gateway-1")

    assert joined["event"] == "joined"
    assert (joined["service"], joined["process"], joined["level"]) == ("gateway", "gateway-1", "info")
    assert (joined["request_id"], joined["room_id"]) == ("r-1", "room-7")
    assert (heard["event"], heard["request_id"]) == ("heard this", "r-1")
    assert "ValueError: broken" in str(failed["exception"])


def test_line_breaks_and_escapes_from_clients_are_disarmed() -> None:
    joined = run_script()[0]

    assert joined["name"] == 'eve\\x0d\\x0a{"event": "forged"}\\x1b[31m'


def test_a_traceback_shows_no_variables() -> None:
    failed = run_script()[2]

    assert "ValueError: broken" in str(failed["exception"])
    assert "'hunter2'" not in str(failed["exception"])


class Collector(BaseHTTPRequestHandler):
    """What stands where Loki would."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).received.append((self.path, decompressed(body, self.headers.get("Content-Encoding"))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(ExportLogsServiceResponse().SerializeToString())

    def log_message(self, *_: object) -> None:
        pass


def decompressed(body: bytes, encoding: str | None) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body


@pytest.fixture
def collector() -> Iterator[HTTPServer]:
    Collector.received = []
    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def records_received() -> list[LogRecord]:
    requests = [ExportLogsServiceRequest.FromString(body) for _, body in Collector.received]
    resources = [resource for request in requests for resource in request.resource_logs]
    return [record for resource in resources for scope in resource.scope_logs for record in scope.log_records]


def texts_of(record: LogRecord) -> dict[str, str]:
    return {attribute.key: attribute.value.string_value for attribute in record.attributes}


def test_records_leave_by_otlp_with_their_ids_as_attributes(collector: HTTPServer) -> None:
    run_script(CHATFLOW_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}/otlp")

    requests = [ExportLogsServiceRequest.FromString(body) for _, body in Collector.received]
    told = [a for request in requests for resource in request.resource_logs for a in resource.resource.attributes]
    records = records_received()
    joined = next(record for record in records if record.body.string_value == "joined")

    assert {path for path, _ in Collector.received} == {"/otlp/v1/logs"}
    assert {attribute.value.string_value for attribute in told if attribute.key == "service.name"} == {"gateway"}
    assert (texts_of(joined)["request_id"], texts_of(joined)["room_id"]) == ("r-1", "room-7")
    assert joined.severity_text == logging.getLevelName(logging.INFO)
    assert len(records) == 3


def test_whatever_a_library_logs_leaves_by_otlp_and_stops_nothing(collector: HTTPServer) -> None:
    run_script(ODD_SCRIPT, CHATFLOW_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}")

    retried, odd, last = records_received()

    assert texts_of(retried)["kwargs"] == "{}"
    assert texts_of(retried)["args"] == '[1, {"a": [null]}]'
    assert texts_of(retried)["size"] == str(2**70)
    assert texts_of(retried)["half"] == "\\ud800"
    assert (odd.body.string_value, last.body.string_value) == ("{'not': 'a text'}", "at the end")


@pytest.fixture(params=["nobody listens", "nobody answers"])
def dead_endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        if request.param == "nobody answers":
            bound.listen()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_a_process_ends_soon_though_nobody_takes_its_logs(dead_endpoint: str) -> None:
    begun = time.monotonic()
    run_script(CHATFLOW_OTLP_ENDPOINT=dead_endpoint)
    took = time.monotonic() - begun

    assert LAST_BATCH_SECONDS < took < LAST_BATCH_SECONDS + 5

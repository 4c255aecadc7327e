"""One record is one line of JSON with its ids, whatever a client put into a name; and the same goes out by OTLP."""

import gzip
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

SCRIPT = """
import logging
import structlog
from chatflow.settings import load_settings
from chatflow.telemetry import bind_context, configure_telemetry

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


def run_script(**environment: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={"PYTHONPATH": ".", **environment}, capture_output=True, check=True
    )
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


def test_records_leave_by_otlp_with_their_ids_as_attributes(collector: HTTPServer) -> None:
    run_script(CHATFLOW_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}/otlp")

    paths = {path for path, _ in Collector.received}
    requests = [ExportLogsServiceRequest.FromString(body) for _, body in Collector.received]
    resources = [resource for request in requests for resource in request.resource_logs]
    records = [record for resource in resources for scope in resource.scope_logs for record in scope.log_records]
    joined = next(record for record in records if record.body.string_value == "joined")
    attributes = {attribute.key: attribute.value.string_value for attribute in joined.attributes}
    services = {a.value.string_value for r in resources for a in r.resource.attributes if a.key == "service.name"}

    assert paths == {"/otlp/v1/logs"}
    assert services == {"gateway"}
    assert (attributes["request_id"], attributes["room_id"]) == ("r-1", "room-7")
    assert joined.severity_text == logging.getLevelName(logging.INFO)
    assert len(records) == 3

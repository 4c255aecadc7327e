"""The smallest process that a supervisor can run: it is ready when it says so, and obeys signals and its lifeline."""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Keep its requests to itself."""


def main() -> None:
    name, port, habit = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    fail_if_wished(habit)
    threading.Thread(target=wait_for_the_end, daemon=True).start()
    server = HTTPServer(("127.0.0.1", port), Answers)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    ignore_if_wished(habit)
    tell(f"{name} up{' again' if os.environ['CHATFLOW_DIED_BEFORE'] == 'True' else ''}")
    server.serve_forever(poll_interval=0.01)
    tell(f"{name} down")


def fail_if_wished(habit: str) -> None:
    if habit == "fails":
        sys.exit("error: it cannot be done")


def ignore_if_wished(habit: str) -> None:
    if habit == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def wait_for_the_end() -> None:
    os.read(int(os.environ["CHATFLOW_LIFELINE_FD"]), 1)
    end_unless_wished(sys.argv[3])


def end_unless_wished(habit: str) -> None:
    if habit != "deaf":
        os._exit(1)


def tell(event: str) -> None:
    sys.stdout.write(json.dumps({"event": event, "level": "info", "pid": os.getpid()}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

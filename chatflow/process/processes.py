"""Runs an asyncio service: settings, logs, the lifeline, the fast event loop, and a graceful stop on a signal."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

import structlog
import uvloop

from chatflow.errors import ChatFlowError
from chatflow.process.lifeline import watch_lifeline
from chatflow.process.settings import Settings, SettingsError, load_settings_or_exit
from chatflow.process.telemetry import configure_telemetry
from chatflow.process.vital import end_on_vital_failure

log = structlog.get_logger(__name__)

# A service's whole life: it runs until the event is set, then cleans up after itself.
ServiceMain = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run_service(main: ServiceMain, *, service: str) -> None:
    """Run a service until SIGTERM or SIGINT; if it cannot start, print why in one line, without a traceback."""
    settings = load_settings_or_exit()
    configure_telemetry(settings, service=service)
    watch_lifeline(settings)
    try:
        uvloop.run(until_stopped(main, settings))
    except (SettingsError, ChatFlowError, OSError) as error:
        sys.exit(f"error: {error}")


async def until_stopped(main: ServiceMain, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(end_on_vital_failure)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await main(settings, stop)
    log.info("stopped")

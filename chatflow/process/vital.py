"""Tasks that a process cannot do without: if one fails, the process ends at once, and is restarted."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import structlog

log = structlog.get_logger(__name__)

# sysexits.h calls this an internal software error.
EXIT_STATUS = 70
KEY = "vital_task"


def start_vital(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    """Start a task that may be cancelled but must not fail; the event loop reports a failure."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(report_failure)
    return task


def report_failure(task: asyncio.Task[None]) -> None:
    """Hand a failure to the loop's exception handler: `end_on_vital_failure` in every service."""
    if task.cancelled() or (error := task.exception()) is None:
        return
    context = {"message": f"the vital task {task.get_name()} failed", "exception": error, KEY: task}
    task.get_loop().call_exception_handler(context)


def end_on_vital_failure(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """End the process at once, like a kill, which everything here is built to survive. For `set_exception_handler`."""
    if KEY in context:
        end_process(context["message"], context["exception"])
    loop.default_exception_handler(context)


def start_vital_thread(work: Callable[[], None], *, name: str) -> None:
    """Start a daemon thread that must not fail, in a process without an event loop."""

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it ends the process
            end_process(f"the vital thread {name} failed", error)

    threading.Thread(target=run, name=name, daemon=True).start()


def end_process(message: str, error: BaseException) -> NoReturn:
    log.critical(message, exc_info=error)
    os._exit(EXIT_STATUS)

"""Asks a process whether it is ready, without an HTTP library, so that the supervisor stays small."""

import asyncio

from chatflow.supervisor.plan import ProcessPlan

ANSWER_WITHIN_SECONDS = 2.0
ANSWER_BYTES_AT_MOST = 4096


async def ask_ready(process: ProcessPlan) -> str | None:
    """Return None if the process is ready, else why it is not, as it says itself."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            answer = await exchange(process.probe_host, process.probe_port or process.port, question(process))
    except TimeoutError:
        return f"no answer within {ANSWER_WITHIN_SECONDS:g} s"
    except OSError as error:
        return error.strerror or str(error)
    if process.probe == "redis":
        # A demand for the password shows that it is ready, too.
        return None if answer.startswith((b"+PONG", b"-NOAUTH")) else answer.decode(errors="replace").strip()
    head, _, body = answer.partition(b"\r\n\r\n")
    if head.split(b" ")[1:2] == [b"200"]:
        return None
    return body.decode(errors="replace").strip() or head.decode(errors="replace").partition("\r\n")[0] or "no answer"


def question(process: ProcessPlan) -> bytes:
    if process.probe == "redis":
        return b"PING\r\n"
    return b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def exchange(host: str, port: int, words: bytes) -> bytes:
    """Send words and return what comes back: up to the end, or the first piece of an answer without one."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(words)
        if words.startswith(b"PING"):
            return await reader.read(ANSWER_BYTES_AT_MOST)
        answer = b""
        while len(answer) < ANSWER_BYTES_AT_MOST and (piece := await reader.read(ANSWER_BYTES_AT_MOST)):
            answer += piece
        return answer
    finally:
        writer.close()

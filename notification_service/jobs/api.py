"""The inner API for jobs that failed: lists them, lets them be tried again, and forgets them."""

import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from aiohttp import web

from chatflow.errors import UNREADABLE, Forbidden, Invalid
from chatflow.wire.failed_jobs import (
    PAGE_AT_MOST,
    ChangedAnswer,
    DropRequest,
    FailedJobsAnswer,
    FailedJobsRequest,
    ReplayRequest,
)

if TYPE_CHECKING:
    # It needs Django to be set up, which whoever only lists the routes does without.
    from notification_service.stores.failures import Failures

Request = TypeVar("Request", bound=msgspec.Struct)


class FailedJobsApi:
    def __init__(self, *, failures: "Failures", secret: str, on_replay: Callable[[], None]) -> None:
        self._failures = failures
        self._secret = secret.encode()
        self._on_replay = on_replay

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/internal/jobs", self._answering(FailedJobsRequest, self._list)),
            web.post("/internal/jobs/replay", self._answering(ReplayRequest, self._replay)),
            web.post("/internal/jobs/drop", self._answering(DropRequest, self._drop)),
        ]

    def _answering(
        self, kind: type[Request], answer: Callable[[Request], Awaitable[msgspec.Struct]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self._refuse_strangers(request)
            try:
                asked = msgspec.msgpack.decode(await request.read(), type=kind)
            except UNREADABLE as error:
                raise Invalid(str(error)) from None
            return web.Response(body=msgspec.msgpack.encode(await answer(asked)), content_type="application/msgpack")

        return handle

    def _refuse_strangers(self, request: web.Request) -> None:
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Service" or not hmac.compare_digest(credential.encode(errors="replace"), self._secret):
            raise Forbidden

    async def _list(self, request: FailedJobsRequest) -> FailedJobsAnswer:
        jobs, total = await self._failures.page(limit=min(request.limit, PAGE_AT_MOST), job=request.job)
        return FailedJobsAnswer(jobs=jobs, total=total)

    async def _replay(self, request: ReplayRequest) -> ChangedAnswer:
        changed = await self._failures.replay(request.jobs)
        self._on_replay()
        return ChangedAnswer(changed)

    async def _drop(self, request: DropRequest) -> ChangedAnswer:
        return ChangedAnswer(await self._failures.drop(request.jobs))

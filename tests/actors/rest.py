"""The public REST interface as a client sees it."""

from typing import Any

import aiohttp

from tests.actors.answers import ConnectionLost, Json, Refused

TIMEOUT = aiohttp.ClientTimeout(total=15)


class Rest:
    """Calls with or without a token; an error answer is raised as Refused."""

    def __init__(self, url: str, *, http: aiohttp.ClientSession) -> None:
        self.url = url
        self._http = http
        self.token: str | None = None

    async def get(self, path: str, **query: Any) -> Json:
        return await self.call("GET", path, query=query)

    async def post(self, path: str, body: Json, **headers: str) -> Json:
        return await self.call("POST", path, body=body, headers=headers)

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Json | None = None,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> Json:
        sent = dict(headers or {})
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        try:
            async with self._http.request(
                method, f"{self.url}{path}", params=asked, json=body, headers=sent, timeout=TIMEOUT
            ) as response:
                answer: Json = await response.json(content_type=None) if response.content_length != 0 else {}
                if response.status >= 400:
                    raise Refused(answer["error"])
                return answer
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise ConnectionLost(str(error)) from error

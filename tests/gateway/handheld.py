"""A client without a network, whose packets are handed over by hand."""

import json
from typing import Any

from chatflow.ids import new_id
from gateway.engine.session import EngineSession
from tests.gateway.lives import Client
from tests.gateway.unplugged_gateway import UnpluggedGateway


class Device:
    """A client of one session after the other."""

    def __init__(self, gateway: UnpluggedGateway) -> None:
        self.gateway = gateway
        self.session: EngineSession | None = None
        self.client = Client()
        self.session_ids: list[str] = []
        self.user_id = ""
        self.asked = 0

    @property
    def is_in(self) -> bool:
        return self.session is not None and not self.session.closed and self.client.life is not None

    @property
    def is_free(self) -> bool:
        """Whether a CONNECT may be sent."""
        return self.session is None or (self.session.connection is None and not self.session.connecting)

    def put(self, packet: str) -> None:
        assert self.session is not None
        self.session.receive_packet("4" + packet)

    def connect(self, user_id: str) -> None:
        if self.session is None:
            self.session, self.client = self.gateway.open_session(), Client()
        self.client.connect(user_id)
        self.user_id = user_id
        self.put("0" + json.dumps({"token": self.new_token()}))

    def hang_up(self) -> None:
        if self.session is not None:
            self.session.end_silently("transport close")

    def new_token(self) -> str:
        self.session_ids.append(new_id())
        return self.gateway.token(self.user_id, session_id=self.session_ids[-1])

    def ask(self, name: str, **payload: Any) -> None:
        assert self.client.life is not None
        self.asked += 1
        self.client.life.asked[self.asked] = name
        self.put(f"2{self.asked}" + json.dumps([name, payload]))

    def read(self) -> None:
        if self.session is not None:
            packets, self.session._queue, self.session._queued_bytes = self.session._queue, [], 0
            self.client.read(packets)
            if self.session.closed:
                self.session = None

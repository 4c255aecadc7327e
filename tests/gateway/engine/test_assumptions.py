"""The engine's assumptions about its libraries are true today; if one is not, the gateway does not start."""

from typing import Any

import pytest
from aiohttp import http_parser, web, web_protocol
from aiohttp._websocket import reader, reader_py
from aiohttp.base_protocol import BaseProtocol
from engineio.async_server import AsyncServer as EngineIOServer
from engineio.base_server import BaseServer
from engineio.base_socket import BaseSocket
from socketio.base_server import BaseServer as SocketIOServer

from chatflow.process.settings import SettingsError
from gateway.engine.assumptions import assumptions, check_assumptions

FEEDING = {"feed_data", "feed_eof", "set_exception"}


def another(*args: Any) -> None:
    """A name in a library as a newer version may have changed it."""


@pytest.mark.parametrize("claim", assumptions())
def test_it_holds(claim: str) -> None:
    assert assumptions()[claim]


@pytest.mark.parametrize(
    ("owner", "name", "changed", "claim"),
    [
        (reader, "WebSocketReader", reader_py.WebSocketReader, "WebSocket reader is the compiled one"),
        (http_parser, "HttpRequestParser", http_parser.HttpRequestParserPy, "HTTP parser is the compiled one"),
        (BaseProtocol, "__slots__", (), "whether writing is paused"),
        (web_protocol.RequestHandler, "set_parser", another, "takes a WebSocket parser"),
        (web_protocol.RequestHandler, "handle_error", another, "by handle_error"),
        (web.WebSocketResponse, "_post_start", another, "prepares a WebSocket by _post_start"),
        (web.BaseRequest, "_cancel", another, "that the connection is lost"),
        (SocketIOServer, "__init__", another, "_engineio_server_class"),
        (BaseServer, "__init__", another, "keeps its sessions in sockets"),
        (EngineIOServer, "_make_response", another, "makes answers of dictionaries"),
        (BaseSocket, "__init__", another, "carry connected and upgraded"),
    ],
)
def test_where_it_does_not_hold_the_start_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, changed: Any, claim: str
) -> None:
    monkeypatch.setattr(owner, name, changed)
    with pytest.raises(SettingsError, match=claim):
        check_assumptions()


@pytest.mark.parametrize("missing", sorted(FEEDING))
def test_a_reader_that_feeds_its_queue_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    rest = dict.fromkeys(FEEDING - {missing}, another)
    monkeypatch.setattr(reader, "WebSocketDataQueue", type("Queue", (), rest))
    with pytest.raises(SettingsError, match="feeds a queue"):
        check_assumptions()


def test_a_websocket_that_cannot_be_let_go_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(web.WebSocketResponse, "_set_closed")
    with pytest.raises(SettingsError, match="leaves a closed WebSocket alone"):
        check_assumptions()

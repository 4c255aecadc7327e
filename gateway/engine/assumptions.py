"""Checks what the engine assumes about private names of its libraries; if an assumption fails, the gateway stops."""

import inspect

import aiohttp
import engineio.async_server
import engineio.async_socket
import socketio
from aiohttp import http_parser, web, web_protocol
from aiohttp._websocket import reader, reader_py
from aiohttp.base_protocol import BaseProtocol
from aiohttp.client_proto import ResponseHandler

from chatflow.process.settings import SettingsError


def check_assumptions() -> None:
    """Raise `SettingsError` with the first assumption that is wrong."""
    for claim, is_true in assumptions().items():
        if not is_true:
            raise SettingsError(f"the engine does not fit the installed libraries: {claim}")


def assumptions() -> dict[str, bool]:
    queue = reader.WebSocketDataQueue
    socket_io = inspect.getsource(socketio.AsyncServer.__mro__[1].__init__)
    server = engineio.async_server.AsyncServer
    return {
        "aiohttp's WebSocket reader is the compiled one": reader.WebSocketReader is not reader_py.WebSocketReader,
        "aiohttp's HTTP parser is the compiled one": http_parser.HttpRequestParser
        is not http_parser.HttpRequestParserPy,
        "aiohttp's reader feeds a queue by feed_data, feed_eof and set_exception": all(
            hasattr(queue, name) for name in ("feed_data", "feed_eof", "set_exception")
        ),
        "aiohttp's protocols know whether writing is paused": "_paused" in BaseProtocol.__slots__,
        "aiohttp's protocols wait by _drain_helper until they may write": hasattr(BaseProtocol, "_drain_helper"),
        "aiohttp's client takes a parser for what comes after an upgrade": list(
            inspect.signature(ResponseHandler.set_parser).parameters
        )[:3]
        == ["self", "parser", "payload"],
        "aiohttp's client asks nothing twice without _retry_connection": "self._retry_connection and method"
        in inspect.getsource(aiohttp.ClientSession._request),
        "aiohttp's server waits for a request's head by _waiter and keeps it in _messages": all(
            name in web_protocol.RequestHandler.__slots__ for name in ("_waiter", "_messages", "_payload_parser")
        ),
        "aiohttp's server answers what is not HTTP by handle_error": list(
            inspect.signature(web_protocol.RequestHandler.handle_error).parameters
        )
        == ["self", "request", "status", "exc", "message"],
        "aiohttp's answers get their headers by _prepare_headers": inspect.iscoroutinefunction(
            web.StreamResponse._prepare_headers
        ),
        "aiohttp's runner makes its server by _make_server": "_make_server" in vars(web.AppRunner),
        "aiohttp's server makes requests by request_factory, of a message that can be changed": (
            "request_factory" in web.Server.__init__.__code__.co_varnames
            and hasattr(http_parser.RawRequestMessage, "_replace")
        ),
        "aiohttp's server takes a WebSocket parser": list(
            inspect.signature(web_protocol.RequestHandler.set_parser).parameters
        )[:2]
        == ["self", "parser"],
        "aiohttp prepares a WebSocket by _post_start": list(
            inspect.signature(web.WebSocketResponse._post_start).parameters
        )
        == ["self", "request", "protocol", "writer"],
        "aiohttp leaves a closed WebSocket alone": hasattr(web.WebSocketResponse, "_set_closed"),
        "aiohttp tells a request's body that the connection is lost": "set_exception(self._payload"
        in inspect.getsource(web.BaseRequest._cancel),
        "python-socketio makes its engine by _engineio_server_class": "_engineio_server_class()" in socket_io,
        "python-engineio keeps its sessions in sockets, by their ids": "self.sockets = {}"
        in inspect.getsource(server.__mro__[1].__init__),
        "python-engineio makes answers of dictionaries": list(inspect.signature(server._make_response).parameters)
        == ["self", "response_dict", "environ"],
        "python-engineio's sessions carry connected and upgraded": all(
            name in inspect.getsource(engineio.async_socket.AsyncSocket.__mro__[1].__init__)
            for name in ("self.connected", "self.upgraded", "self.closed")
        ),
    }

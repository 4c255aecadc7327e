"""The Socket.IO engine: python-socketio and aiohttp, with one direct path from an event to a socket's transport."""

from chatflow.hidden_imports import hidden_imports

# Its clients and cross-server managers import these wherever they are installed; nothing here uses them.
with hidden_imports("requests", "websocket", "redis", "valkey", "aio_pika", "kombu", "aiokafka"):
    import socketio  # noqa: F401

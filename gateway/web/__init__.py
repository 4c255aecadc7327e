"""The gateway's HTTP apart from sockets: its listeners, the browser client's pages, and the proxy for REST."""

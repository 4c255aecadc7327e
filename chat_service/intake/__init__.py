"""Commands as they arrive from gateways: read, and put into the order of their sending."""

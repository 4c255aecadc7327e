"""user_service as others meet it: a started process, spoken to over HTTP."""

"""Makes the documents of the API out of the code: OpenAPI, AsyncAPI, a page, and the browser client's types."""

"""The public REST API for rooms and messages: views over the store's port, and the form of their answers."""

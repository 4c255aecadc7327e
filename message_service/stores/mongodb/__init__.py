"""The message store in MongoDB.

Its files have the same names as those of the store in SQLite. Only here are:
- `causal_sessions`: another server may have taken over, so reads must not be answered by the old one;
- `newest`: each query is a trip to the server, so the newest documents of many keys are asked for together.
"""

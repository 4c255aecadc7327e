"""The message store in SQLite.

Its files have the same names as those of the store in MongoDB. Only here are:
- `forms`: ids, times and types are kept as bytes and numbers, because every byte of a row counts in one file;
- `lookups`: the joins that several parts share, where MongoDB has all about a message in one document;
- `copying`, `rebuilding`: a file from before step 11 is written anew;
- `scrubbing`: deleted text stays in the write-ahead log until that is emptied.
"""

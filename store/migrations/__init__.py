"""The schema as numbered steps; the file's number is the database's ``user_version`` after it."""

"""The calls of ``/api/v1``, a file for each subject."""

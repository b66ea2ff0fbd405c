"""Statements of this room, loaded by name."""

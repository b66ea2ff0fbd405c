"""Named statements of this room."""

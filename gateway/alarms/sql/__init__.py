"""Named statements of the gateway room."""

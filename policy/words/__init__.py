"""Word lists and character tables of this room."""

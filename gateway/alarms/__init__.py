"""What a person should know of: found, kept, told."""

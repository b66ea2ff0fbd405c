"""The main job on an emulated bank, from an empty folder to a verified log: ``./demo``."""

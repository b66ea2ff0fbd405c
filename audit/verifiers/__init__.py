"""Verifiers that stand alone: ``verify.py`` (made by ``bundle``) and ``verify.mjs``."""

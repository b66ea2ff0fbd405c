"""Whether ``cryptography`` is here. The stand-alone verifier does what it can without it."""

from __future__ import annotations

from importlib.util import find_spec

CIPHERS = find_spec("cryptography") is not None
"""False: hashes and signatures are checked, but nothing sealed is opened."""

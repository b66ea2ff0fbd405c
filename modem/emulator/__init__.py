"""An emulated bank of GSM modems and the made-up network behind it.

Part of the product: the demo, drills and tests send through it. Nothing here reaches a real
network. Start with ``process.spawn_bank`` (a child process) or ``bank.EmulatedBank`` (a thread).
"""

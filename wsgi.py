"""The WSGI entry point."""

import gc

from app import create_app

app = create_app()

# What stands after the start stays until the end: the collector need not look at it again.
gc.collect()
gc.freeze()
# Looking for cycles as often as Python does by itself was 1 to 2 % of a request.
gc.set_threshold(20_000, 20, 20)

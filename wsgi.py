"""The WSGI entry point."""

import gc

from app import create_app

app = create_app()

# What stands after the start stays until the end: the collector need not look at it again.
gc.collect()
gc.freeze()

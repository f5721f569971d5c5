"""The WSGI entry point."""

import gc

from app import create_app

app = create_app()

# What stands after the start stays until the end: the collector need not look at it again.
gc.collect()
gc.freeze()
# A request leaves thousands of objects and hardly a cycle: look for those less often.
gc.set_threshold(20_000, 20, 20)

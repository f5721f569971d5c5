"""Owners' decisions (业主共同决定)."""

"""Changing the register."""

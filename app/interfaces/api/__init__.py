"""Doors for programs: GeoReport v2 and the description of the interface."""

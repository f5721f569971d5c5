"""Statements of complaints: filing, single cases, lists."""

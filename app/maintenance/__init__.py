"""Facilities of the compounds and their periodic upkeep (相关市政定期维护)."""

"""The rules of complaints: states, deadlines, catalogue. Pure."""

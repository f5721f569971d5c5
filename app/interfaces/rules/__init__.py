"""Rules of the open interface: keys, fields, shapes, signatures, the description. Pure."""

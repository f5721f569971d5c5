"""Pages of complaints: the reporter's and the desk's."""

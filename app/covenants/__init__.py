"""Stairwell covenants (楼道公约)."""

"""Reading covenants (texts) and what the register knows about their stairwells (places)."""

"""What can be done at the open interface."""

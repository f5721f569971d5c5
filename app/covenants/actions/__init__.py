"""Writing covenants: drafting the text, leading it through its steps, signing, opinions."""

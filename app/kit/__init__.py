"""Pure helpers by topic: no Flask, no database."""

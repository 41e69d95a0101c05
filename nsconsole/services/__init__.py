"""The rules: what may be done, by whom, and what happens then. Every door calls these."""

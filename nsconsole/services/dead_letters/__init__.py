"""Dead letters: what was approved and did not reach NetSuite, and what can be done about it."""

"""The queue: what waits to be sent and for what, and what a person may change of it."""

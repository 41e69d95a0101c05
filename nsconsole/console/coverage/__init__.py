"""Coverage: what of NetSuite is not mirrored, why, and the round that closes it."""

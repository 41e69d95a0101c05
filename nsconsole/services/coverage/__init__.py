"""Coverage: what NetSuite has, what of it is mirrored, and why the rest is not."""

"""The page that tells how far NetSuite is mirrored, and its JSON twin."""

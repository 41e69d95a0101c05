"""The Sync screen: how the mirror stands, and what happens to it."""

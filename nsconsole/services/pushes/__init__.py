"""Pushes: what was approved, on its way to NetSuite, once."""

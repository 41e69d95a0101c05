"""The store: SQL and nothing else. It knows no NetSuite and holds no rule."""

"""What NetSuite says of its own tables and columns: a module for each source, which parses it."""

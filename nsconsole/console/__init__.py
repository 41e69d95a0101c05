"""The console: a view of the database for a person at a keyboard. It holds no rule."""

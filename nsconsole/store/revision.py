"""The newest migration's revision; a test holds it to the folder `migrations/`."""

HEAD = "0004"

"""The grammar of the command line, a part a module."""

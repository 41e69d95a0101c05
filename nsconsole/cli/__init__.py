"""The command line: one door among others; it parses, calls a service and prints the answer."""

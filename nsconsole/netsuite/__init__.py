"""The wire to NetSuite: its words and errors, and in `client` the calls.

Only `auth`, `wire` and `client` import an HTTP stack, so that a screen may show an error, or a
service build an operation, before anything is sent.
"""

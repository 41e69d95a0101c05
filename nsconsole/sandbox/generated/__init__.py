"""What a grown account has beyond its core: its own records, lists and fields, and side tables.

All of it follows from the account's seed, so that it need not be kept: the same at every start.
"""

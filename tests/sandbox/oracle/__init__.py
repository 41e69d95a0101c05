"""SuiteQL a second time, in plain Python: what the sandbox must answer, by Oracle's rules.

Nothing here parses: the strategy makes a query as a tree, which is written out for the sandbox
and evaluated over the rows for the comparison.
"""

"""A NetSuite of one's own: a simulated account on 127.0.0.1, for the demo and for tests.

It is built from Oracle's published facts alone and shares no code with the client that is proven
against it. Start one with `nsconsole.sandbox.server`.
"""

"""A NetSuite of one's own: a simulated account on 127.0.0.1, for the demo and for tests.

It is built from Oracle's published facts alone and shares no code with the client that is proven
against it. Start one with `nsconsole.sandbox.server`. A request's way, and where each part lives:

- `serving`, `connection`, `app`: HTTP, and which address leads where
- `endpoint`: what is common to every call: `logins`, a place in the `pool`, `faults`, the answer;
  `manners` and `forms` know how each of NetSuite's surfaces says no, `broken` how a wire fails
- `suiteql`, `restlet`, `catalog`: what the calls are for
- `doors`: the sandbox's own, for whoever tests against it; `behaviour` has the switches
- `database`, `rows`, `schema`, `values`: what is kept; `definitions` what drifted
- `tables`, `generated`, `birth`: which tables an account is born with; `seed`, `founding`: its rows
"""

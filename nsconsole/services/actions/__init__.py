"""The kinds of action: what each may change, how risky it is, and how it reads."""

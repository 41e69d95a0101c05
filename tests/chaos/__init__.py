"""The proof that an approved change reaches NetSuite once, whoever dies on the way.

`python -m tests.chaos` runs the long form and prints its figures.
"""

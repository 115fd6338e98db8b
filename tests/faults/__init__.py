"""Experiments that break things on purpose and count what was lost; `make faults` runs them.

They take minutes, so `make test` does not. Each prints one line a database: how many tries, and how many of the
answers that were acknowledged turned out lost, doubled or wrong.
"""

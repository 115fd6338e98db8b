"""Measurements: run by hand, never part of `make check`."""

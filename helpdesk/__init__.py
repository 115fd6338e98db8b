"""A help desk for the stores of one platform.

Start reading in `factory.py` (how the parts are put together), then `models.py` (what is kept)
and `domain/` (the rules). `docs/architecture.md` draws the map.
"""

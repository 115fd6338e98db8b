"""Ways to reach a person. What is said stands in `letters.py`, how it travels in `email.py`."""

"""Files that people bring: what is taken, what is refused, and how it is kept."""

"""Everything hostile at once: bad input, broken requests, bad files and prying eyes, at scale (`make hostile`)."""

"""Every list of the back office as a declaration, read alike by its page, its saved views and its exports."""

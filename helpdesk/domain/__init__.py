"""The rules. They know no HTTP and never commit; they are called with the acting person and with `now`."""

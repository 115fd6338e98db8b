"""So many made-up complaints, straight through the tables of a database that the real migrations made."""

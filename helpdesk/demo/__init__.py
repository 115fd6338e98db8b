"""Demo data: two stores with people and complaints, always dated from the moment of loading."""

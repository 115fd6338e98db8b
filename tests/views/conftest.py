"""What only the tests of pages need."""

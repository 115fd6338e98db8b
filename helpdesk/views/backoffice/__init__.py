"""What the desk and the platform's pages share: the base view, lists, operations and complaint pages."""

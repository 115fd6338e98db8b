"""The pages. A route loads scoped, validates, makes one call into `domain/`, and redirects."""

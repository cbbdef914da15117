"""Service requests: from the citizen's application to the answer, on every surface."""

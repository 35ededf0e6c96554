"""A seeded attacker against the server guard, and a model of what its pushes may have changed."""

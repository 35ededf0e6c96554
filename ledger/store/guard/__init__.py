"""What a guarded repository keeps: what was let in, and what must come into force together."""

"""One use case each: load, plan, swap, and again when beaten."""

"""A simulated hour of a fleet: the real plan, fold, rules and stop policy over a store in memory."""

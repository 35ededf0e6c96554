"""A simulated hour of a fleet: real processes, real repositories, time made shorter."""

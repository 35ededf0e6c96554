"""The pool of working trees on this machine's disk: places, leases, owners, rescues. Knows no ticket."""

"""What one clone keeps for itself below its git directory: locks, names, sessions, what it saw.

Shared with nobody, and safe to lose.
"""

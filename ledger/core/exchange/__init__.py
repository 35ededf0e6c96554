"""What other trackers keep, as items, and items as openings of tickets.

In come texts, as files have them; out go items, requests to write, and words about what could not be kept.
No file is read here, and nothing is written.
"""

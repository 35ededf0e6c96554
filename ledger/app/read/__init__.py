"""Answers without a write: the feed as it is, the queue, figures, reviews.

Each reads the authority first, unless told not to.
"""

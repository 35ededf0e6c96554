"""From what a seat wants written to posts.

In: requests and a view of the feed. Out: drafts, answers and refusals. Writes nothing itself.
"""

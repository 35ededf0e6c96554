"""The server's side: installing the guard, and judging a push.

In: the refs of a push. Out: one verdict for all of it.
"""

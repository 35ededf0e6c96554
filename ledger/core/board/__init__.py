"""Posts to tickets: the fold, the table of moves, waits and rulings.

In: posts in feed order. Out: a `Board` that answers questions. Knows no seat's view.
"""

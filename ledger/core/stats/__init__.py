"""What a feed adds up to over time, by posts and reservations alone: figures that nobody has to keep.

All times are the seats' own clocks (`Post.at`), one dated in the future is taken for now, and no duration
is ever negative.
"""

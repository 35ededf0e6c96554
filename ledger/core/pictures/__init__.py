"""What pictures are drawn of: a board comes in; the tickets around one, and a day by seats, go out.

Nothing here knows of pixels, colours or files.
"""

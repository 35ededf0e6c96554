"""Answers as a person at a terminal reads them.

In: the records of `app`, and the `Screen` they are shown on. Out: lines that fit its width by cells, with a
heading, counts, ages and colours; and the pager. Never: JSON, lines that a program reads (those stand in
`tables.py` beside this folder), or anything on a path where nobody looks at a terminal.
"""

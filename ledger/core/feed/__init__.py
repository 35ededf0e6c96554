"""Bytes and posts, both ways, and the order of posts.

In: files as bytes. Out: `Post`s with findings, in feed order. Knows no ticket.
"""

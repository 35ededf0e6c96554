"""The board as pages: records of `app/read` come in, HTML and SVG go out, to a browser here or into files.

Needs the extra `board`. It decides nothing, writes nothing to a feed, and takes no request but GET and HEAD.
"""

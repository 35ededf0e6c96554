"""Making a repository, a host or a runtime ready, and saying what works.

Merges into files of others and takes itself out again.
"""

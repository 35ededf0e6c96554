"""Completion in a shell: one script each for bash, zsh and fish, and what they ask on a TAB.

In come the words of a line up to the cursor, out go candidates for the last of them. It never fetches, writes
or complains: whatever is wrong, there is no candidate.
"""

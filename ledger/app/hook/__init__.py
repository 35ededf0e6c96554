"""What hooks of git and of runtimes ask: why a turn goes on, and whether a push goes back.

Never in a runtime's way.
"""

"""Random feeds as plain data, the same for one seed on every machine: what seats, people and accidents do.

In goes a seed; out come steps, each a few files that appear, change or go. Nothing here touches a disk.
"""

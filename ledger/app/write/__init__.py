"""The one loop that writes: read, plan, build, swap; again when beaten. All deeds go through it."""

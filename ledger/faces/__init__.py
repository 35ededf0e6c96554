"""Where people and protocols meet the use cases: arguments, streams, the clock, exit codes."""

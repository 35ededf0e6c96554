"""`feed/ledger.yaml` as settings.

In: its bytes. Out: a `Config`, findings, defaults, differences. Reads no file.
"""

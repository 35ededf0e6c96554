"""What one file of the feed can carry, so that reading it costs what it weighs; beyond that is a finding."""

from typing import Final

POST_LIMIT: Final = 1024 * 1024
"""The most bytes that a post may have."""
HEADER_LIMIT: Final = 64 * 1024
"""The most characters that a header may have."""
FIELD_LIMIT: Final = 100
"""The most fields that a header may have."""
LIST_LIMIT: Final = 500
"""The most entries of one list in a header. As many ids of posts fit into it."""
DIRECTIVE_LIMIT: Final = 500
"""The most lines of a body that act or look so: a ruling cites a post for each, and that is a list."""
LABEL_LIMIT: Final = 20
"""The most labels of a ticket; one of them has at most 40 characters (`ids.is_label`)."""
CRITERIA_LIMIT: Final = 30
"""The most criteria of a ticket."""
CRITERION_LIMIT: Final = 300
"""The most characters of one criterion."""
SETTINGS_LIMIT: Final = 256 * 1024
"""The most bytes that `feed/ledger.yaml` may have."""
BATCH_LIMIT: Final = 1000
"""The most posts of one batch: as many as the guard lets in by one push."""
FINDING_LIMIT: Final = 100
"""The most findings of one rule about one file; what more there is, is one more."""
MORE: Final = "and more of them from here on"

"""The table of readers."""

from tests.fuzz import boards, kept, texts

READERS = {reader.name: reader for reader in (*texts.READERS, *boards.READERS, *kept.READERS)}

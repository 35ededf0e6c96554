"""The table of readers."""

from tests.fuzz import boards, faces, kept, texts

READERS = {reader.name: reader for reader in (*texts.READERS, *boards.READERS, *kept.READERS, *faces.READERS)}

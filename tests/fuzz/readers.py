"""The table of readers."""

from tests.fuzz import boards, faces, kept, texts, wishes

READERS = {
    reader.name: reader
    for reader in (*texts.READERS, *wishes.READERS, *boards.READERS, *kept.READERS, *faces.READERS)
}

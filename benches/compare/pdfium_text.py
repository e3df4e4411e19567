"""Text of every page of every PDF of a folder with pypdfium2."""

import sys
from pathlib import Path

import pypdfium2

characters = 0
for file in sorted(Path(sys.argv[1]).glob("*.pdf")):
    document = pypdfium2.PdfDocument(file)
    for page in document:
        characters += len(page.get_textpage().get_text_range())
    document.close()
print(characters)

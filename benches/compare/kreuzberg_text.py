"""Text of every file of a folder with kreuzberg."""

import sys
from pathlib import Path

from kreuzberg import extract_file_sync

characters = 0
for file in sorted(Path(sys.argv[1]).rglob("*")):
    if file.is_file():
        characters += len(extract_file_sync(str(file)).content)
print(characters)

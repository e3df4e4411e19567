"""Counts what Presidio's pattern recognizers find in every file of a folder. No language model: patterns alone."""

import sys
from pathlib import Path

from presidio_analyzer import predefined_recognizers as recognizers

NAMES = [
    "CreditCardRecognizer", "UsSsnRecognizer", "IbanRecognizer", "EmailRecognizer", "IpRecognizer", "UsBankRecognizer",
    "UsPassportRecognizer", "UsItinRecognizer", "UsLicenseRecognizer", "NhsRecognizer", "CryptoRecognizer",
    "DateRecognizer", "UrlRecognizer", "MedicalLicenseRecognizer", "AbaRoutingRecognizer", "PhoneRecognizer",
]  # fmt: skip

used = [getattr(recognizers, name)() for name in NAMES if hasattr(recognizers, name)]
print(f"{len(used)} of {len(NAMES)} recognizers", file=sys.stderr)
count = 0
for file in sorted(Path(sys.argv[1]).rglob("*")):
    if file.is_file():
        text = file.read_text(encoding="utf-8", errors="replace")
        for recognizer in used:
            count += len(recognizer.analyze(text, recognizer.supported_entities, None) or [])
print(count)

"""Values to find: published examples, and numbers made here with valid check digits. Nobody's data.

Numbers come from SHA-256 of a name, so they are the same on every machine and stand on no list of test numbers.
"""

import base64
import hashlib


def digits(name: str, count: int) -> str:
    """`count` digits that depend on `name` only."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
    return str(number)[-count - 1 : -1].rjust(count, "7")


def luhn(body: str) -> str:
    """Appends the Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return body + str(-total % 10)


def card(prefix: str, length: int, name: str) -> str:
    """A card number that passes Luhn."""
    return luhn(prefix + digits(name, length - 1 - len(prefix)))


def groups(number: str, *sizes: int, by: str = " ") -> str:
    """`number` cut into groups of `sizes` (the last one repeats)."""
    parts, at, sizes = [], 0, list(sizes) or [4]
    while at < len(number):
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        parts.append(number[at : at + size])
        at += size
    return by.join(parts)


def iban(country: str, bban: str) -> str:
    """An IBAN with its check digits (ISO 7064 mod 97-10)."""
    shifted = "".join(str(int(c, 36)) for c in bban + country + "00")
    return f"{country}{98 - int(shifted) % 97:02}{bban}"


def aba(body: str) -> str:
    """An ABA routing number from its first eight digits."""
    total = sum(int(d) * w for d, w in zip(body, (3, 7, 1, 3, 7, 1, 3, 7)))
    return body + str(-total % 10)


def base64_lines(name: str, size: int) -> str:
    """Base64 of `size` bytes that depend on `name` only, 64 characters a line."""
    data = b"".join(hashlib.sha256(f"{name} {i}".encode()).digest() for i in range(size // 32 + 1))[:size]
    text = base64.b64encode(data).decode()
    return "\n".join(text[i : i + 64] for i in range(0, len(text), 64))


VISA = card("4539", 16, "visa")
VISA_2 = card("4716", 16, "visa two")
VISA_3 = card("4556", 16, "visa three")
MASTERCARD = card("5299", 16, "mastercard")
MASTERCARD_2 = card("2221", 16, "mastercard two series")
AMEX = card("3749", 15, "amex")
DINERS = card("3014", 14, "diners")
UNIONPAY = card("6222", 19, "unionpay")
SSN = "536-22-8467"
SSN_2 = "417-38-2956"
SSN_3 = "238-61-7045"
ITIN = "912-78-4563"
ABA = "021000021"
ABA_2 = aba("12100024")
ACCOUNT = "0004471980263"
IBAN_GB = "GB82WEST12345698765432"
IBAN_DE = "DE89370400440532013000"
_RIB = digits("fr", 11)
IBAN_FR = iban("FR", f"3000600001{_RIB}{97 - (89 * 30006 + 15 * 1 + 3 * int(_RIB)) % 97:02}")
IBAN_NO = iban("NO", "86807262140")
BIC = "DEUTDEFF"
BIC_LONG = "COBADEFFXXX"
EMAIL = "anna.adler@example.com"
EMAIL_2 = "bo.berg@example.org"
AWS_KEY = "AKIA" + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[b % 32] for b in hashlib.sha256(b"aws key").digest()[:16])
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{base64_lines('not a key', 600)}\n-----END RSA PRIVATE KEY-----\n"
KEYWORD = "Project Larkspur"
KEYWORD_2 = "Vermilion Ledger"

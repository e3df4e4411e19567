"""Office documents with a password: packages under agile and standard encryption (MS-OFFCRYPTO 2.3.4)."""

import base64
import hashlib
import struct

from .aes import Aes
from .case import case
from .cfb import compound
from .docx import docx, p
from .pptx import Deck, paragraph, shape
from .values import *
from .xlsx import book

PASSWORD = "frisk-corpus"
FOREIGN = "pässwörd 密码"
DEFAULT = "VelvetSweatshop"
UNKNOWN = "on no list"


def salt(name: str, size: int = 16) -> bytes:
    return hashlib.sha512(name.encode()).digest()[:size]


def padded(data: bytes, fill: bytes = b"\0") -> bytes:
    return data + fill * (-len(data) % 16)


def agile(package: bytes, password: str, name: str = "sha512", bits: int = 256, spins: int = 1000, told: str | None = None, **change: str) -> dict[str, bytes]:
    """Streams of a package under agile encryption (2.3.4.10 to 2.3.4.15); `told` = the count of rounds that it tells."""
    size = bits // 8

    def of(data: bytes) -> bytes:
        return hashlib.new(name, data).digest()

    def fitted(data: bytes, length: int) -> bytes:
        return data[:length].ljust(length, b"\x36")

    data_salt, key_salt, verifier, secret = salt("data"), salt("key"), salt("verifier"), salt("secret", size)
    spun = of(key_salt + password.encode("utf-16-le"))
    for i in range(spins):
        spun = of(struct.pack("<I", i) + spun)

    def under(purpose: str, data: bytes) -> str:
        key = fitted(of(spun + bytes.fromhex(purpose)), size)
        return base64.b64encode(Aes(key).cbc(key_salt, padded(data))).decode()

    segments, aes = [], Aes(secret)
    for number in range(0, -(-len(package) // 4096)):
        vector = fitted(of(data_salt + struct.pack("<I", number)), 16)
        segments.append(aes.cbc(vector, padded(package[number * 4096 : number * 4096 + 4096])))
    hash_name = name.upper()
    common = f'blockSize="16" keyBits="{bits}" hashSize="{len(of(b""))}" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="{hash_name}"'
    for old, new in change.items():
        common = common.replace(old, new)
    space = 'xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"'
    values = f'encryptedVerifierHashInput="{under("fea7d2763b4b9e79", verifier)}" encryptedVerifierHashValue="{under("d7aa0f6d3061344e", of(verifier))}" encryptedKeyValue="{under("146e0be7abacd0d6", secret)}"'
    xml = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r
<encryption {space}><keyData saltSize="16" {common} saltValue="{base64.b64encode(data_salt).decode()}"/><keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><p:encryptedKey spinCount="{told or spins}" saltSize="16" {common} saltValue="{base64.b64encode(key_salt).decode()}" {values}/></keyEncryptor></keyEncryptors></encryption>"""
    return {"EncryptionInfo": struct.pack("<HHI", 4, 4, 0x40) + xml.encode(), "EncryptedPackage": struct.pack("<Q", len(package)) + b"".join(segments)}


def standard(package: bytes, password: str, bits: int = 128, version: int = 3, flags: int = 0x24) -> dict[str, bytes]:
    """Streams of a package under standard encryption (2.3.4.5 to 2.3.4.9)."""

    def of(data: bytes) -> bytes:
        return hashlib.sha1(data).digest()

    own, verifier = salt("standard"), salt("standard verifier")
    spun = of(own + password.encode("utf-16-le"))
    for i in range(50000):
        spun = of(struct.pack("<I", i) + spun)
    spun = of(spun + bytes(4))

    def half(fill: int) -> bytes:
        return of(bytes(a ^ b for a, b in zip(spun.ljust(64, b"\0"), bytes([fill]) * 64)))

    aes = Aes((half(0x36) + half(0x5C))[: bits // 8])
    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    cipher = {128: 0x660E, 192: 0x660F, 256: 0x6610}[bits]
    header = struct.pack("<IIIIIIII", flags, 0, cipher, 0x8004, bits, 0x18, 0, 0) + provider
    check = struct.pack("<I", 16) + own + aes.ecb(verifier) + struct.pack("<I", 20) + aes.ecb(padded(of(verifier)))
    info = struct.pack("<HHII", version, 2, flags, len(header)) + header + check
    return {"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", len(package)) + aes.ecb(padded(package))}


def build() -> None:
    kind = "kind application/x-ms-encrypted-package"
    letter = docx(p(f"Card number: {groups(VISA)}"), p("Sealed with a password."))
    found = [kind, "match credit-card-number high 1", "protection password_encrypted", "status ok"]
    reads = [*found, 'reads passwords "Sealed with a password."']
    case("sealed/honest/agile-sha512.docx", compound(agile(letter, PASSWORD)), *reads)
    case("sealed/honest/agile-sha1-128.docx", compound(agile(letter, FOREIGN, "sha1", 128)), *found)
    case("sealed/honest/agile-sha256-192.docx", compound(agile(letter, PASSWORD, "sha256", 192)), *found)
    case("sealed/honest/agile-sha384.docx", compound(agile(letter, PASSWORD, "sha384")), *found)
    case("sealed/odd/agile-md5.docx", compound(agile(letter, PASSWORD, "md5", 128)), *found)
    case("sealed/honest/standard-128.docx", compound(standard(letter, PASSWORD)), *reads)
    case("sealed/honest/standard-256.docx", compound(standard(letter, FOREIGN, 256, 4)), *found)
    case("sealed/odd/standard-192.docx", compound(standard(letter, PASSWORD, 192, 2)), *found)
    sheet = book(("Cards", [["Name", "Card number"], ["Anna Adler", VISA]]))
    facts = [kind, "match credit-card-number high 1 sheet=Cards cell=B2", "protection encrypted", "status ok"]
    case("sealed/honest/protected-workbook-without-a-password.xlsx", compound(agile(sheet, DEFAULT)), *facts)
    case("sealed/honest/protected-workbook-without-a-password-standard.xlsx", compound(standard(sheet, DEFAULT)), *facts)
    deck = Deck()
    deck.slide(shape(paragraph(f"IBAN: {groups(IBAN_DE)}")))
    facts = [kind, "match iban high 1 slide=1", "protection encrypted", "status ok"]
    case("sealed/honest/presentation-with-the-default-password.pptx", compound(agile(deck.bytes(), "/01Hannes Ruescher/01")), *facts)
    shut = [kind, "no-match *", "protection password_encrypted", "status unscannable", "gap password_protected"]
    case("sealed/honest/agile-unknown-password.docx", compound(agile(letter, UNKNOWN)), *shut, "misses body password_protected")
    case("sealed/honest/standard-unknown-password.docx", compound(standard(letter, UNKNOWN)), *shut)
    case("sealed/odd/agile-unknown-cipher.docx", compound(agile(letter, PASSWORD, ChainingModeCBC="ChainingModeCFB")), kind, "gap encrypted", "status unscannable", "protection encrypted")
    streams = agile(letter, PASSWORD)
    certificate = streams["EncryptionInfo"].replace(b"encryptedVerifierHashInput", b"X509Certificate")
    case("sealed/odd/opens-with-a-certificate.docx", compound(streams | {"EncryptionInfo": certificate}), kind, "gap encrypted", "status unscannable")
    extensible = struct.pack("<HHI", 3, 3, 0x10) + bytes(40)
    case("sealed/odd/extensible-encryption.docx", compound(streams | {"EncryptionInfo": extensible}), kind, "gap encrypted", "status unscannable")
    case("sealed/hostile/four-billion-rounds.docx", compound(agile(letter, PASSWORD, told="4294967295")), *shut)
    case("sealed/hostile/description-cut-off.docx", compound(streams | {"EncryptionInfo": streams["EncryptionInfo"][:300]}), kind, "no-match *", "status unscannable")
    case("sealed/hostile/description-missing.docx", compound({"EncryptedPackage": streams["EncryptedPackage"]}), *shut)
    cut = streams | {"EncryptedPackage": streams["EncryptedPackage"][:300]}
    case("sealed/hostile/package-cut-off.docx", compound(cut), kind, "no-match *", "protection password_encrypted", "gap corrupt")
    huge = struct.pack("<Q", 2**63) + streams["EncryptedPackage"][8:]
    case("sealed/hostile/size-of-the-package-lies.docx", compound(streams | {"EncryptedPackage": huge}), *found)

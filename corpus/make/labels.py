"""Sensitivity labels in every place, alone and in conflict, and what keeps a document closed."""

import struct

from .case import case
from .cfb import compound
from .docx import docx, p, package
from .opc import label_info_xml
from .packing import zip_of
from .pdf import Pdf, lines, xmp
from .pptx import Deck, shape
from .values import *
from .xlsx import Book

A, B, C = "1c7e9a40-5b1d-4f7e-9a77-0d5c3f1b2a01", "1c7e9a40-5b1d-4f7e-9a77-0d5c3f1b2a02", "1c7e9a40-5b1d-4f7e-9a77-0d5c3f1b2a03"
TENANT, OTHER = "7d0a5c1e-2222-4b6f-8c3d-9e8f7a6b5c01", "7d0a5c1e-3333-4b6f-8c3d-9e8f7a6b5c02"


def keys(label: str, name: str, tenant: str = TENANT, **more: str) -> dict[str, str]:
    """Properties of one label."""
    values = {"Enabled": "true", "SetDate": "2024-03-05T09:12:44Z", "Method": "Privileged", "Name": name, "SiteId": tenant, "ContentBits": "2"}
    return {f"MSIP_Label_{label}_{k}": v for k, v in (values | more).items()}


def document(custom: dict[str, str] | None = None, info: str | bytes | None = None, part: str = "docMetadata/LabelInfo.xml") -> bytes:
    pack = package(p("Labelled."))
    pack.properties(title="Labelled", custom=custom)
    if info is not None:
        pack.label_info(info, part)
    return pack.bytes()


def build() -> None:
    office()
    pdfs()
    closed()


def office() -> None:
    secret = keys(A, "Confidential")
    here = label_info_xml((A, TENANT, ""))
    gone = label_info_xml((TENANT, TENANT, 'removed="1"'))
    case("label/honest/properties-only.docx", document(secret), f"label {A} Confidential active", "labels 1", "reads labels Confidential")
    case("label/honest/label-info-only.docx", document(info=here), f"label {A} - active", "labels 1")
    case("label/honest/both-agree.docx", document(secret, here), f"label {A} Confidential active", "labels 1")
    case("label/honest/both-disagree.docx", document(keys(B, "Old"), here), f"label {A} - active", "labels 1")
    case("label/honest/removed-and-stale-properties.docx", document(secret, gone), f"label {TENANT} - removed", "labels 1")
    case("label/honest/disabled-in-properties.docx", document(keys(A, "Confidential", Enabled="False")), f"label {A} Confidential removed", "labels 1")
    theirs = keys(B, "Theirs", OTHER)
    case("label/honest/two-tenants.docx", document(secret | theirs, here), f"label {A} Confidential active", f"label {B} Theirs active", "labels 2")
    loud = label_info_xml((A.upper(), TENANT.upper(), ""))
    case("label/odd/upper-case-identifiers.docx", document(keys(A.upper(), "Confidential", TENANT.upper()), loud), f"label {A} Confidential active", "labels 1")
    case("label/odd/unknown-attributes.docx", document(secret | keys(A, "Confidential", EnabledV2="true", Contoso_Extra_Note="x")), f"label {A} Confidential active", "labels 1")
    wide = b"\xff\xfe" + here.replace("UTF-8", "UTF-16").encode("utf-16-le")
    case("label/odd/utf-16-label-info.docx", document(info=wide), f"label {A} - active")
    case("label/odd/label-info-elsewhere.docx", document(info=b"\xef\xbb\xbf" + here.encode(), part="custom/place.xml"), f"label {A} - active")
    case("label/odd/identifier-is-a-word.docx", document(keys("restricted-default", "restricted-default")), "label restricted-default restricted-default active")
    case("label/hostile/label-info-damaged.docx", document(secret, here[: len(here) // 2]), f"label {A} Confidential active")
    huge = here.replace("</clbl:labelList>", " " * 1_100_000 + "</clbl:labelList>")
    case("label/hostile/label-info-over-a-megabyte.docx", document(secret, huge), f"label {A} Confidential active")
    made = Book()
    made.sheet("Sheet1", [["Labelled"]])
    made.pack.properties(custom=keys(C, "Public"))
    made.pack.label_info(label_info_xml((C, TENANT, "")))
    book = made.bytes()
    case("label/honest/workbook.xlsx", book, f"label {C} Public active", "labels 1", "reads labels Public")
    deck = Deck()
    deck.slide(shape("Labelled"))
    deck.pack.properties(custom=keys(C, "Public"))
    case("label/honest/presentation.pptx", deck.bytes(), f"label {C} Public active", "labels 1", "reads labels Public")
    case("label/honest/labelled-documents-in-a-zip.zip", zip_of({"a.docx": document(secret), "b.xlsx": book}), f"label {A} Confidential active", f"label {C} Public active")
    case("label/honest/no-label.docx", docx(p("Not labelled.")), "labels 0", "protection none", "status ok")


def pdfs() -> None:
    def pdf(info: dict[str, str], mirror: dict[str, str], packed: bool = False) -> bytes:
        made = Pdf()
        made.page(lines("Labelled."))
        if info:
            made.info(**info)
        if mirror:
            body = "".join(f"<pdfx:{k}>{v}</pdfx:{k}>" for k, v in mirror.items())
            made.catalog = f"/Metadata {made.stream(xmp(body), '/Type /Metadata /Subtype /XML', flate=False)} 0 R"
        return made.bytes(packed)

    secret = keys(A, "Confidential")
    case("label/honest/information-dictionary.pdf", pdf(secret, {}), f"label {A} Confidential active", "labels 1", "reads labels Confidential")
    case("label/honest/information-in-an-object-stream.pdf", pdf(secret, {}, packed=True), f"label {A} Confidential active", "labels 1")
    case("label/honest/xmp-only.pdf", pdf({}, secret), f"label {A} Confidential active", "labels 1")
    case("label/honest/information-and-its-mirror.pdf", pdf(secret, secret), f"label {A} Confidential active", "labels 1")
    case("label/honest/wide-strings.pdf", pdf(keys(A, "Vertraulich – 機密"), {}), f'label {A} "Vertraulich – 機密" active')
    child = keys(B, "Confidential\\Staff") | {f"MSIP_Label_{B}_Parent": A}
    case("label/honest/child-and-parent.pdf", pdf(secret | child, {}), f'label {B} "Confidential\\Staff" active', f"label {A} Confidential active", "labels 2")


def closed() -> None:
    package_bytes = struct.pack("<Q", 4000) + bytes((i * 7 + i // 256) & 255 for i in range(5000))
    space = 'xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"'
    agile = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<encryption {space}><keyData saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltValue="AAECAwQFBgcICQoLDA0ODw=="/></encryption>'
    info = struct.pack("<HHI", 4, 4, 0x40) + agile.encode()
    spaces = {"\x06DataSpaces/Version": _unicode("Microsoft.Container.DataSpaces") + struct.pack("<HHHHHH", 1, 0, 1, 0, 1, 0)}
    password = {"EncryptionInfo": info, "EncryptedPackage": package_bytes} | spaces
    password["\x06DataSpaces/DataSpaceInfo/StrongEncryptionDataSpace"] = struct.pack("<II", 8, 1) + _unicode("StrongEncryptionTransform")
    facts = ["kind application/x-ms-encrypted-package", "status unscannable", "no-match *"]
    case("label/honest/document-with-a-password.docx", compound(password), *facts, "gap password_protected", "protection password_encrypted")
    rights = {"EncryptedPackage": package_bytes} | spaces
    rights["\x06DataSpaces/DataSpaceInfo/DRMEncryptedDataSpace"] = struct.pack("<II", 8, 1) + _unicode("DRMEncryptedTransform")
    rights["\x06DataSpaces/TransformInfo/DRMEncryptedTransform/\x06Primary"] = _unicode("{C73DFACD-061F-43B0-8B64-0C620D2A8B50}")
    case("label/honest/document-under-rights-management.docx", compound(rights), *facts, "gap rights_protected", "protection rights_managed")
    outside = rights | {"\x06DataSpaces/TransformInfo/LabelInfo": label_info_xml((A, TENANT, 'contentBits="8" removed="0"')).encode()}
    case("label/honest/rights-management-with-an-outer-label.docx", compound(outside), *facts, "gap rights_protected", f"label {A} - active")


def _unicode(text: str) -> bytes:
    """A length-prefixed UTF-16 string, padded to four bytes (MS-OFFCRYPTO 2.1.2)."""
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data)) + data + bytes(-len(data) % 4)

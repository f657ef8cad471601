"""Small files that the tests of résumés read."""

import io
import random
import zipfile
import zlib

import docx
import pypdf
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

LINES = (
    "Jane Example",
    "Software Engineer",
    "jane@example.com | +44 7400 123456 | London, United Kingdom",
    "Work Experience",
    "Software Engineer",
    "Acme Ltd, London",
    "03/2019 - present",
    "Education",
    "BSc in Physics",
    "University of Leeds, 2012 - 2015",
    "Skills",
    "Python, SQL, Docker",
)


def pdf_of(lines=LINES, pages=1):
    """A PDF of these lines, on each of so many pages."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4, invariant=1)
    for _ in range(pages):
        for index, line in enumerate(lines):
            sheet.drawString(60, 780 - 18 * index, line)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def scan():
    """A PDF of one picture."""
    pixels = io.BytesIO()
    # A netpbm picture needs no library to be made.
    pixels.write(b"P6 60 60 255\n" + bytes(range(180)) * 60)
    pixels.seek(0)
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4, invariant=1)
    sheet.drawImage(ImageReader(pixels), 50, 50, 400, 600)
    sheet.save()
    return out.getvalue()


def with_picture(side):
    """A PDF of the lines and a picture that cannot be packed: 4 bytes for each of its points."""
    pixels = b"P6 %d %d 255\n" % (side, side) + random.Random(1).randbytes(3 * side * side)
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4, invariant=1)
    for index, line in enumerate(LINES):
        sheet.drawString(60, 780 - 18 * index, line)
    sheet.drawImage(ImageReader(io.BytesIO(pixels)), 50, 50, 100, 100)
    sheet.save()
    return out.getvalue()


def locked(password="secret"):
    """A PDF that opens with a password only."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of()))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_bomb(size):
    """A PDF whose one page unpacks to so many bytes."""
    packer = zlib.compressobj(9)
    block = b"q " * 500_000
    packed = b"".join([*(packer.compress(block) for _ in range(size // len(block))), packer.flush()])
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def docx_of(lines=LINES):
    """A Word file of these lines."""
    word = docx.Document()
    for line in lines:
        word.add_paragraph(line)
    return saved(word)


def saved(word):
    """The bytes of a document of python-docx."""
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def with_part(data, name, content):
    """A Word file with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def part_of(data, name):
    """One part of a Word file, as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()

"""Printing a certificate: HTML to PDF/A with WeasyPrint, its QR code drawn by segno."""

import base64
import io
from html import escape

import segno
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from services.licensing.domain.certificate import Sheet

STYLE = """
@page { size: A4; margin: 22mm 20mm; @bottom-center { content: "%(code)s"; font: 9pt sans-serif } }
body { font-family: "Noto Sans", "DejaVu Sans", sans-serif; font-size: 11pt; color: #111 }
h1 { font-size: 22pt; margin: 4mm 0 1mm } h2 { font-size: 13pt; font-weight: normal; margin: 0 }
.titles { color: #444; font-size: 10pt; margin: 0 0 8mm }
table { width: 100%%; border-collapse: collapse; margin-bottom: 8mm }
th, td { text-align: left; padding: 2mm 0; border-bottom: 0.3mm solid #bbb; vertical-align: top }
th { width: 42mm; font-weight: normal; color: #444 } td { overflow-wrap: anywhere }
.proof { display: flex; gap: 8mm; align-items: center }
.proof p { font-size: 9pt; flex: 1; min-width: 0; overflow-wrap: anywhere }
.training { border: 1mm solid #a00; color: #a00; padding: 3mm; font-weight: bold;
  text-align: center; margin-bottom: 6mm }
"""
EMBEDDED = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
TRAINING = "TRAINING: made for practice, without any legal force"


def print_certificate(sheet: Sheet) -> bytes:
    """The PDF/A-3u file of one certificate."""
    document = HTML(string=page(sheet), base_url=None, url_fetcher=EMBEDDED)
    made = document.write_pdf(pdf_variant="pdf/a-3u", pdf_identifier=sheet.code.encode())
    if made is None:
        raise RuntimeError("nothing was printed")
    return bytes(made)


def page(sheet: Sheet) -> str:
    """The sheet as HTML; every word is escaped."""
    rows = "".join(
        f"<tr><th>{escape(line.label)}</th><td>{escape(line.value)}</td></tr>"
        for line in sheet.lines
    )
    banner = f'<div class="training">{TRAINING}</div>' if sheet.training else ""
    return (
        f'<html lang="en"><head><title>{escape(sheet.code)}</title>'
        f"<style>{STYLE % {'code': escape(sheet.code)}}</style></head><body>{banner}"
        f"<h2>{escape(sheet.country)} · {escape(sheet.office)}</h2>"
        f"<h1>{escape(sheet.title)}</h1>"
        f'<p class="titles">{escape(" · ".join(sheet.titles))}</p>'
        f"<table>{rows}</table>"
        f'<div class="proof"><img src="{qr_image(sheet.qr)}" style="width: 66mm" alt="QR code">'
        f"<p>Anyone can verify this certificate at<br>{escape(sheet.verify_at)}<br><br>"
        f"The code also holds the signed facts, for offices without a network.<br><br>"
        f"{escape(sheet.article)}</p></div></body></html>"
    )


def qr_image(text: str) -> str:
    """The QR code as an embedded picture, with enough redundancy for worn paper."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=6, border=4)
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()

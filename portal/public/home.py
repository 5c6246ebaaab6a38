"""Home: one question, and the ways on from it."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from portal.web.pages import pages

router = APIRouter()


@router.get("/", response_class=HTMLResponse)
def home(request: Request) -> HTMLResponse:
    """What would you like to do?"""
    return pages(request).show(request, "public/home.html")

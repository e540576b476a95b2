"""A file opened from a disk, in a browser that reaches nothing else."""

from contextlib import contextmanager


@contextmanager
def opened_file(chromium, path, *, width=1200, height=900, **options):
    """Open a file; the page collects what it complains about and what it asks for."""
    size = {"width": width, "height": height}
    context = chromium.new_context(viewport=size, offline=True, **options)
    page = context.new_page()
    page.complaints, page.asked = [], []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and page.complaints.append(message.text),
    )
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        context.close()

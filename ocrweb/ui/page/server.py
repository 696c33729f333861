"""Serve the page: one FastAPI application with the health check beside it."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.messages import places
from ocrweb.services.access import rights
from ocrweb.services.access.logins import Access
from ocrweb.services.root import version as root_version
from ocrweb.ui.page import log
from ocrweb.ui.seams import lean

if TYPE_CHECKING:
    from ocrweb.ui.guard.stopping import Drain

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h


@dataclass(frozen=True)
class ServeOptions:
    """host, port: where to listen. lang: forces the page's language. mcp: serve the API as MCP tools too.

    allow_hosts: more names to answer under. allow_origins: whose pages may use the API. trusted_proxies: addresses and
    networks whose ``X-Forwarded-*`` count. root_path: the path below which a proxy shows the console.
    workers: processes that run the networks; 0: this one does.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    lang: str | None = None
    mcp: bool = False
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    root_path: str = ""
    workers: int = 0

    @property
    def local_url(self) -> str:
        """Where this machine itself reaches the console."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def check_address(host: str, port: int) -> None:
    """Raise `access.port-in-use`, `access.port-forbidden` or `access.bad-host` before anything heavy is loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise OcrwebError("access.port-in-use", host=host, port=port, next=port + 1) from error
            if error.errno == errno.EACCES:
                raise OcrwebError("access.port-forbidden", port=port, next=port + 8000) from error
            raise OcrwebError("access.bad-host", host=host) from error


def keep_places() -> None:
    """What visitors are told of a file leaves out where the data root lies, and the folders that uploads wait in."""
    root, private = re.escape(str(paths.home())), re.escape(str(paths.private_dir()))
    uploads = re.escape(os.environ["GRADIO_TEMP_DIR"])
    places.keep_to_yourself(
        rf"{uploads}/[0-9a-f]+", rf"{private}/inbox/[0-9a-f]+/\d+", rf"{private}/tmp/[^\s/]+(?:/content)?", root
    )


def prepare_environment(*, mcp: bool = True) -> None:
    """What Gradio heeds while it is imported: no analytics, nothing for editors, uploads in a folder of our own.

    mcp: tools may be served by this process.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    lean.leave_out(mcp=not mcp)
    if "GRADIO_TEMP_DIR" not in os.environ:
        cache = paths.private_dir() / "uploads"
        cache.mkdir(parents=True, exist_ok=True)
        os.environ["GRADIO_TEMP_DIR"] = str(cache)


def return_large_blocks() -> None:
    """Make glibc give pictures and maps back to the system as soon as they are dropped.

    By itself it raises the size from which it does so to 32 MB, and a console that has answered hundreds of pictures
    of mixed sizes holds half as much again; and it lets every thread keep free blocks of its own. Other C libraries have
    no such call and need none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_ARENA_MAX, 2)


def serve(options: ServeOptions, access: Access, listening: Callable[[], None]) -> None:
    """Listen until the process is told to end (SIGTERM or Ctrl-C). listening: called once, when visitors can come.

    The working folder becomes an empty one, because Gradio may hand out files of the working folder. Raises what
    `check_address` raises, ``usage.not-writable`` for the data root.
    """
    check_address(options.host, options.port)
    os.environ["OCRWEB_HOME"] = str(paths.home())
    try:
        rights.keep_to_owner()
        root_version.mark_layout()
        prepare_environment(mcp=options.mcp)
    except OSError as failure:
        raise OcrwebError("usage.not-writable", path=str(paths.home()), reason=failure.strerror or "") from failure
    keep_places()
    return_large_blocks()
    log.keep_short()
    log.log_with_time()
    from ocrweb.services.detect.processes import detecting_in
    from ocrweb.services.line import network
    from ocrweb.services.root import leftovers
    from ocrweb.services.training import keeper as training_keeper
    from ocrweb.ui.guard.stopping import Drain, stop_seconds
    from ocrweb.ui.page.serving import listen

    drain = Drain(stop_seconds())
    network.serve_processes(options.workers)
    application = build_application(options, access, drain)
    with detecting_in(options.workers), tempfile.TemporaryDirectory(prefix="ocrweb-") as empty:
        os.chdir(empty)
        threading.Thread(target=_keep_checking, name="readiness", daemon=True).start()
        threading.Thread(target=leftovers.sweep_data_root, name="sweep", daemon=True).start()
        training_keeper.start_keeper()
        listen(application, options.host, options.port, drain, application.state.close_streams, listening)


def build_application(options: ServeOptions, access: Access, drain: Drain | None = None):  # type: ignore[no-untyped-def]
    """The FastAPI application; apart from `serve` so that a test can mount it. drain: tells when the process ends."""
    import gradio as gr
    from fastapi import FastAPI

    from ocrweb.services.detect.golden import shipped_folder
    from ocrweb.services.intake.limits import archive_limits
    from ocrweb.ui.guard import files, order, page_policy, unreadable, uploads, web_files
    from ocrweb.ui.guard.stopping import Drain
    from ocrweb.ui.labels import editor as label_editor
    from ocrweb.ui.labels import routes as labels
    from ocrweb.ui.line import install
    from ocrweb.ui.manual import routes as manual
    from ocrweb.ui.page import health, mcp, theme
    from ocrweb.ui.page.app import build_page
    from ocrweb.ui.parts import opening, texts
    from ocrweb.ui.programs import metrics
    from ocrweb.ui.programs import routes as programs
    from ocrweb.ui.seams import assets, copies, exchange, latest, lookups, taken
    from ocrweb.ui.seams.mounted import Sessions
    from ocrweb.ui.viewer import routes as viewer

    drain = drain or Drain()
    sessions = Sessions()
    around = order.wrappers(
        access,
        drain=drain,
        host=options.host,
        allow_hosts=options.allow_hosts,
        allow_origins=options.allow_origins,
        trusted_proxies=options.trusted_proxies,
        root_path=options.root_path,
        sessions=sessions,
        count=metrics.count_request,
    )
    served_folders = [str(paths.outputs_dir()), str(paths.exports_dir())]
    gr.set_static_paths(served_folders)  # else each drawing and zip is hashed and copied on the event loop
    texts.force_language(options.lang)
    head = theme.head()
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    application.get("/healthz")(health.answer)
    labels.mount(application)
    label_editor.mount(application)
    viewer.mount(application)
    manual.mount(application)
    programs.mount(application)
    metrics.mount(application)
    assets.mount(application, exchange.exchanged((*lookups.LOOPS, *copies.COPIES, *latest.LATEST)))
    page = build_page(open_to_all=access.open_to_all and not _local_only(options.host))
    uploads.take_over()
    uploads.adopt_leftovers(page)
    web_files.take_over(archive_limits().bytes)
    served = gr.mount_gradio_app(
        application,
        page,
        path="/",
        auth=access.admits if access.login else None,
        allowed_paths=[*served_folders, str(shipped_folder())],
        blocked_paths=[str(paths.private_dir() / name) for name in ("login.json", "reports")],
        max_file_size=archive_limits().bytes,
        show_error=True,
        ssr_mode=False,
        root_path=order.checked_root_path(options.root_path),  # an empty one too, else GRADIO_ROOT_PATH counts
        run_history=False,
        footer_links=[],  # what the visitor may switch is in the header
        i18n=texts.translations(),
        mcp_server=options.mcp,
        theme=theme.theme(),
        head=head,
        favicon_path=str(Path(__file__).parent / "favicon.svg"),
    )
    taken.mark_launched(page)
    queue = install.bound(served, page)
    drain.wait_for(queue)
    served.state.close_streams = queue.close_streams
    files.key_addresses(page)
    page_policy.stand_inside(served, head, theme.scripts())
    opening.stand_inside(served)
    unreadable.refuse_unreadable(served)
    if access.login:
        sessions.keep(served, access.login[0])
    order.put_around(application, around)
    if options.mcp:
        mcp.prepare_tools(page, options.local_url, access.login)
    return served


def _local_only(host: str) -> bool:
    from ocrweb.services.access.logins import is_local

    return is_local(host)


def _keep_checking() -> None:
    from ocrweb.services.detect import readiness

    readiness.keep_checking()

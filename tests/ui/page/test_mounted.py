"""What Gradio's `launch()` would set and a mounted page lacks is known, written down, and stood in for."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi.routing import Mount
from gradio import processing_utils, routes
from gradio.context import LocalContext
from gradio.exceptions import InvalidPathError

from ocrweb.config.paths import CHECKOUT
from ocrweb.services.access.logins import Access
from ocrweb.ui.guard import uploads, web_files
from ocrweb.ui.page.server import ServeOptions, build_application, prepare_environment
from tests.own_loop import run_async

DOCUMENT = (CHECKOUT / "docs" / "gradio_mounted.md").read_text(encoding="utf-8")
LAUNCH_SETS = {
    "_node_is_proxy", "_queue", "_ssr_degraded", "_static_worker_pool", "allowed_paths", "app", "artifact", "auth", "auth_message",
    "blocked_paths", "config", "css", "css_paths", "enable_monitoring", "favicon_path", "footer_links", "has_launched", "head",
    "head_paths", "height", "i18n_instance", "is_colab", "is_hosted_notebook", "is_running", "js", "local_api_url", "local_url",
    "max_file_size", "max_threads", "mcp_server_obj", "node_path", "node_port", "node_process", "node_server_name", "protocol", "pwa",
    "root_path", "run_history", "server", "server_app", "server_name", "server_port", "share", "share_server_address",
    "share_server_protocol", "share_server_tls_certificate", "share_url", "show_error", "ssl_verify", "ssr_mode",
    "state_session_capacity", "theme", "width",
}  # fmt: skip
LAUNCH_TAKES = {
    "_app", "_frontend", "allowed_paths", "app_kwargs", "auth", "auth_dependency", "auth_message", "blocked_paths", "css", "css_paths",
    "debug", "enable_monitoring", "favicon_path", "footer_links", "head", "head_paths", "height", "i18n", "inbrowser", "inline", "js",
    "max_file_size", "max_threads", "mcp_server", "node_port", "node_server_name", "num_workers", "prevent_thread_lock", "pwa", "quiet",
    "root_path", "run_history", "self", "server_name", "server_port", "share", "share_server_address", "share_server_protocol",
    "share_server_tls_certificate", "show_error", "ssl_certfile", "ssl_keyfile", "ssl_keyfile_password", "ssl_verify", "ssr_mode",
    "state_session_capacity", "strict_cors", "theme", "width",
}  # fmt: skip
MOUNT_TAKES = {
    "allowed_paths", "app", "app_kwargs", "auth", "auth_dependency", "auth_message", "blocked_paths", "blocks", "css", "css_paths",
    "enable_monitoring", "favicon_path", "footer_links", "head", "head_paths", "i18n", "js", "max_file_size", "mcp_server", "node_port",
    "node_server_name", "path", "pwa", "root_path", "run_history", "server_name", "server_port", "show_error", "ssr_mode", "theme",
}  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gr.Blocks]:
    """The page as the console mounts it, with variables around that `launch()` would obey."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCRWEB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        for name, value in (
            ("GRADIO_ALLOWED_PATHS", "/etc"), ("GRADIO_ROOT_PATH", "/evil"), ("GRADIO_SHARE", "True"), ("GRADIO_SSR_MODE", "True"),
            ("GRADIO_NUM_WORKERS", "2"), ("GRADIO_MCP_SERVER", "False"), ("GRADIO_RUN_HISTORY", "True"),
        ):  # fmt: skip
            patch.setenv(name, value)
        patch.setattr(routes, "upload_fn", routes.upload_fn)  # put back afterwards what the console takes over
        patch.setattr(processing_utils, "async_ssrf_protected_download", processing_utils.async_ssrf_protected_download)
        patch.setattr(routes.route_utils, "GradioMultiPartParser", routes.route_utils.GradioMultiPartParser)
        prepare_environment()
        application = build_application(ServeOptions(), Access(None))
        assert routes.upload_fn is uploads.store
        assert processing_utils.async_ssrf_protected_download is web_files.fetch
        mounted: Any = next(route.app for route in application.routes if isinstance(route, Mount) and route.path == "")
        yield mounted.blocks


def set_on_self(function: Any) -> set[str]:
    """Names of the attributes of ``self`` that a method assigns, and of parts of which it does."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            part: ast.expr = node
            while isinstance(part, ast.Attribute) and isinstance(part.value, ast.Attribute):
                part = part.value
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
                names.add(part.attr)
    return names


def test_everything_that_launch_sets_is_known() -> None:
    assert set_on_self(gr.Blocks.launch) == LAUNCH_SETS, "read it again and bring docs/gradio_mounted.md up to date"
    assert set(inspect.signature(gr.Blocks.launch).parameters) == LAUNCH_TAKES
    assert set(inspect.signature(gr.mount_gradio_app).parameters) == MOUNT_TAKES


def test_what_a_mounted_page_lacks_is_written_down() -> None:
    by_mounting = set(re.findall(r"\bblocks\.(\w+)(?:, blocks\.\w+)* =", inspect.getsource(gr.mount_gradio_app)))
    written = set(re.findall(r"\w+", DOCUMENT))
    lacking = {
        name
        for name in LAUNCH_SETS - by_mounting
        if not re.match(r"node_|share_|i18n_instance|theme|css|js|head", name)
    }
    assert lacking - written - {"_static_worker_pool", "app", "config", "mcp_server_obj"} == set()
    assert f"**Gradio {gr.__version__}**" in DOCUMENT


def test_the_tests_and_files_that_the_document_names_are_there() -> None:
    named = set(re.findall(r"`((?:tests|ocrweb|docs)/[\w/.]+\.\w+)`", DOCUMENT))
    assert named
    assert [name for name in sorted(named) if not (CHECKOUT / name).is_file()] == []


def test_the_page_counts_as_launched_and_looks_at_paths(page: gr.Blocks, tmp_path: Path) -> None:
    """Without the mark Gradio copies any file of the machine into the folder that it serves; that it still needs it is the seam."""
    foreign = tmp_path / "secret"
    foreign.write_text("secret")
    file = {"path": str(foreign), "meta": {"_type": "gradio.FileData"}}
    token = LocalContext.blocks.set(page)
    move = processing_utils.async_move_files_to_cache
    try:
        with pytest.raises(InvalidPathError):
            run_async(move, dict(file), gr.File(), False, True)  # type: ignore[arg-type]
        page.has_launched = False
        run_async(move, dict(file), gr.File(), False, True)  # type: ignore[arg-type]
    finally:
        page.has_launched = True
        LocalContext.blocks.reset(token)


def test_variables_that_launch_obeys_open_nothing(page: gr.Blocks) -> None:
    assert "/etc" not in page.allowed_paths
    assert page.root_path in (None, "")
    assert (page.share, page.ssr_mode, page.run_history) == (False, False, False)
    assert page.analytics_enabled is False
    assert page.app.static_worker_pool is None
    assert getattr(page, "node_process", None) is None


def test_the_page_counts_as_running_once_the_application_has_started(page: gr.Blocks) -> None:
    assert page.is_running is False
    assert "self.is_running = True" in inspect.getsource(gr.Blocks.run_startup_events)
    assert "get_blocks().run_startup_events()" in inspect.getsource(gr.mount_gradio_app)

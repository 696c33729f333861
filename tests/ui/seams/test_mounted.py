"""The names of Gradio's application by which we find it and its logins."""

from __future__ import annotations

import inspect

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App

from ocrweb.ui.seams.mounted import Sessions, mounted_in


def test_gradio_is_found_below_our_application() -> None:
    with gr.Blocks() as page:
        gr.Markdown("x")
    served = FastAPI()
    gr.mount_gradio_app(served, page, path="/")
    assert isinstance(mounted_in(served), App)


def test_a_session_is_a_token_of_its_user_in_this_cookie() -> None:
    source = inspect.getsource(App.create_app)
    assert 'f"access-token-{app.cookie_id}"' in source
    assert 'f"access-token-unsecure-{app.cookie_id}"' in source
    assert "return app.tokens.get(token)" in source


def test_a_request_is_given_the_session_in_place_of_its_own_cookies() -> None:
    with gr.Blocks() as page:
        gr.Markdown("x")
    served = FastAPI()
    gr.mount_gradio_app(served, page, path="/", auth=("anna", "s3cret"))
    sessions = Sessions()
    sessions.keep(served, "anna")
    scope = {"headers": [(b"cookie", b"a=b"), (b"accept", b"*/*")]}
    given = sessions.given(scope)
    assert (sessions.has(scope), sessions.has(given)) == (False, True)
    assert [name for name, _ in given["headers"]] == [b"accept", b"cookie"]

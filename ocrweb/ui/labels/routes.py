"""The addresses below ``/labels/api``: what the editor reads and saves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ocrweb.errors import OcrwebError
from ocrweb.services.labels import assist, editing
from ocrweb.services.labels import versions as label_versions
from ocrweb.services.labels.entries import LabelledSet, LabelPlace, stored_set
from ocrweb.services.labels.heat import heat_of
from ocrweb.services.labels.listing import list_pictures
from ocrweb.services.labels.model_choice import models_document
from ocrweb.services.labels.picture import ShownPicture, picture_tag, shown_picture, thumbnail
from ocrweb.services.labels.suspects import dismiss as dismiss_suspects
from ocrweb.services.labels.suspects import parse_suspects, suspects_of
from ocrweb.services.labels.teaching import teaching
from ocrweb.services.training.learning import begin_drawing, begin_learning, begin_proposing, learning
from ocrweb.ui.line.answer import Doors, Work, answering, asked
from ocrweb.ui.line.coded import FRESH
from ocrweb.ui.parts import texts

API = "/labels/api"
MOST_PICTURES = 10_000


def mount(application: FastAPI) -> None:
    """Add the addresses. Who may use them is for the guards around the application to say."""
    doors = Doors()
    for method, name, work, network in _table():
        handler = answering(work, doors, network=network)
        application.add_api_route(f"{API}/{name}", handler, methods=[method], response_model=None)


def _table() -> list[tuple[str, str, Work, bool]]:
    return [
        ("GET", "pictures", pictures, False),
        ("GET", "picture", picture, False),
        ("GET", "thumbnail", small_picture, False),
        ("GET", "labels", labels, False),
        ("PUT", "labels", save, False),
        ("POST", "restore", restore, False),
        ("GET", "history", history, False),
        ("POST", "accept", accept, False),
        ("POST", "at", at, True),
        ("POST", "snap", snap, True),
        ("POST", "propose", propose, True),
        ("GET", "propose", proposal, True),
        ("POST", "words", words, True),
        ("GET", "map", heat, True),
        ("GET", "models", models, False),
        ("GET", "choose", choose, False),
        ("GET", "learn", learn, False),
        ("POST", "learn", begin, False),
        ("POST", "propose-anew", propose_anew, False),
        ("GET", "suspects", suspects, False),
        ("POST", "dismiss", dismiss, False),
        ("GET", "versions", versions, False),
        ("POST", "keep-version", keep_version, False),
        ("GET", "compare", compare, False),
        ("POST", "restore-version", restore_version, False),
    ]


def pictures(request: Request, body: Any) -> dict[str, Any]:
    return list_pictures(_dataset(request)).to_dict()


def picture(request: Request, body: Any) -> Response:
    """The picture itself; 304 when the visitor has it already."""
    return _bytes(request, shown_picture)


def small_picture(request: Request, body: Any) -> Response:
    """The same for the list of pictures."""
    return _bytes(request, thumbnail)


def _bytes(request: Request, showing: Callable[[LabelPlace], ShownPicture]) -> Response:
    place = _dataset(request).place(asked(request, "picture"))
    headers = {"ETag": f'"{picture_tag(place)}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    shown = showing(place)
    return Response(shown.content, media_type=shown.kind, headers={**headers, "ETag": f'"{shown.tag}"'})


def labels(request: Request, body: Any) -> dict[str, Any]:
    return editing.read_labels(_dataset(request), asked(request, "picture")).to_dict()


def save(request: Request, body: Any) -> dict[str, Any]:
    edit = editing.parse_edit(body)
    return editing.save_labels(_dataset(request), asked(request, "picture"), edit).to_dict()


def restore(request: Request, body: Any) -> dict[str, Any]:
    return editing.restore_labels(_dataset(request), asked(request, "picture")).to_dict()


def history(request: Request, body: Any) -> dict[str, Any]:
    done = editing.history_of(_dataset(request), asked(request, "picture"))
    return {"history": [entry.to_dict() for entry in done]}


def accept(request: Request, body: Any) -> dict[str, Any]:
    labelled = _dataset(request)
    accepted = editing.put_state(labelled, _names(body), "checked")
    listed = list_pictures(labelled)
    return {"accepted": accepted, "counts": dict(listed.counts), "minutes_left": listed.minutes_left}


def at(request: Request, body: Any) -> dict[str, Any]:
    points = assist.box_at(_dataset(request), asked(request, "picture"), body)
    return {"box": None if points is None else {"points": points}}


def snap(request: Request, body: Any) -> dict[str, Any]:
    return {"points": assist.snapped(_dataset(request), asked(request, "picture"), body)}


def propose(request: Request, body: Any) -> dict[str, Any]:
    """``"follow"`` asks for the person's way: null while that is not known."""
    labelled, picture = _dataset(request), asked(request, "picture")
    if isinstance(body, dict) and body.get("follow") is True:
        boxes = assist.followed(labelled, picture, body)
        return {"boxes": None if boxes is None else [box.to_dict() for box in boxes]}
    found = [box.to_dict() for box in assist.proposed(labelled, picture, body)]
    return {"boxes": found, "settings": assist.settings_used(labelled, picture, body)}


def proposal(request: Request, body: Any) -> dict[str, Any]:
    """The same for who only looks."""
    boxes = assist.proposed(_dataset(request), asked(request, "picture"), {"model": asked(request, "model")})
    return {"boxes": [box.to_dict() for box in boxes]}


def words(request: Request, body: Any) -> dict[str, Any]:
    """Of each outline that came, the words in it."""
    divided = assist.divided(_dataset(request), asked(request, "picture"), body)
    return {"boxes": [[{"points": points} for points in one] for one in divided]}


def heat(request: Request, body: Any) -> Response:
    """The probability map; 204 where the model sees nothing."""
    content = heat_of(_dataset(request), asked(request, "picture"), asked(request, "model"))
    if content is None:
        return Response(status_code=204, headers=FRESH)
    return Response(content, media_type="image/png", headers=FRESH)


def models(request: Request, body: Any) -> dict[str, Any]:
    return models_document(_dataset(request))


def choose(request: Request, body: Any) -> Response:
    """The pictures that nobody has checked, those first whose labels teach most. Else as `suspects`."""
    job = teaching(_dataset(request), asked(request, "model"), anew=bool(asked(request, "again")))
    if job.report is None:
        return JSONResponse({"running": True, "done": job.done, "total": job.total}, 202, headers=FRESH)
    return JSONResponse(job.report.to_dict(texts.language_of_headers(request.headers)), headers=FRESH)


def learn(request: Request, body: Any) -> dict[str, Any]:
    """How far a model is that learns from the checked pictures."""
    return learning(_dataset(request)).to_dict()


def begin(request: Request, body: Any) -> dict[str, Any]:
    return begin_learning(_dataset(request)).to_dict()


def propose_anew(request: Request, body: Any) -> dict[str, Any]:
    """What it has learnt, on the pictures that nobody has touched, but those that are named; or by the settings that came."""
    labelled, leave, by = _dataset(request), _names(body, "leave"), body.get("by")
    if by is not None and not isinstance(by, dict):
        raise OcrwebError("labels.bad-document", expected='{"leave": […], "by": {…}}')
    return (begin_proposing(labelled, leave) if by is None else begin_drawing(labelled, by, leave)).to_dict()


def suspects(request: Request, body: Any) -> Response:
    """202 with the progress while a model looks. ``again=1`` has it look anew."""
    found = suspects_of(_dataset(request), asked(request, "model"), anew=bool(asked(request, "again")))
    return JSONResponse(found.to_dict(), 202 if found.job else 200, headers=FRESH)


def dismiss(request: Request, body: Any) -> dict[str, Any]:
    labelled = _dataset(request)
    return {"dismissed": dismiss_suspects(labelled, parse_suspects(body))}


def versions(request: Request, body: Any) -> dict[str, Any]:
    return label_versions.versions_document(_dataset(request))


def keep_version(request: Request, body: Any) -> dict[str, Any]:
    return {"id": label_versions.keep_version(_dataset(request)).id}


def compare(request: Request, body: Any) -> dict[str, Any]:
    return label_versions.compare(_dataset(request), asked(request, "a"), asked(request, "b")).to_dict()


def restore_version(request: Request, body: Any) -> dict[str, Any]:
    identifier = body.get("id") if isinstance(body, dict) else None
    if not isinstance(identifier, str):
        raise OcrwebError("labels.bad-document", expected='{"id": …}')
    return label_versions.restore_version(_dataset(request), identifier)


def _dataset(request: Request) -> LabelledSet:
    return stored_set(asked(request, "dataset"))


def _names(body: Any, key: str = "pictures") -> list[str]:
    names = body.get(key) if isinstance(body, dict) else None
    if not isinstance(names, list) or len(names) > MOST_PICTURES or not all(isinstance(name, str) for name in names):
        raise OcrwebError("labels.bad-document", expected=f'{{"{key}": […]}}')
    return names

"""Ask a running console for the boxes of a picture: python examples/console.py URL PICTURE

The console is `bash start_app.sh`; with a login, set OCRWEB_AUTH=user:password.
"""

import os
import sys

from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError


def main(url: str, picture: str) -> None:
    login = tuple(os.environ["OCRWEB_AUTH"].split(":", 1)) if "OCRWEB_AUTH" in os.environ else None
    client = Client(url, auth=login, verbose=False)
    try:
        answer = client.predict(handle_file(picture), threshold=0.2, api_name="/detect")
    except AppError as failure:  # its title is the code: image.empty, model.unknown, ...
        sys.exit(f"{failure.title}: {failure.message}")
    print(f"{len(answer['boxes'])} regions in {answer['inference_time']:.2f} s by {answer['model']}")
    for box, score in zip(answer["boxes"], answer["scores"], strict=True):
        print(f"{score:.2f}  {box}")


if __name__ == "__main__":
    main(*sys.argv[1:3])

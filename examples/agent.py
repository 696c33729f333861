"""What an agent does: list a console's MCP tools and call one. python examples/agent.py URL PICTURE

The console is `bash start_app.sh --mcp`.
"""

import asyncio
import base64
import json
import sys
from pathlib import Path

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client


async def main(url: str, picture: str) -> None:
    async with (
        streamablehttp_client(f"{url.rstrip('/')}/gradio_api/mcp/") as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        print("tools:", ", ".join(sorted(tool.name for tool in (await session.list_tools()).tools)))
        sent = "data:image/jpeg;base64," + base64.b64encode(Path(picture).read_bytes()).decode()
        answer = await session.call_tool("detect", {"picture": sent})
        document = json.loads(answer.content[0].text)
        if answer.isError:
            sys.exit(f"{document['error']['code']}: {document['error']['message']}")
        print(f"{len(document['boxes'])} regions")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))

"""The page around the tabs: server, application, API, MCP, header, status bar."""

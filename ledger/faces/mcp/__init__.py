"""The use cases as MCP tools over stdio; needs the extra `mcp`, which takes half a second to import."""

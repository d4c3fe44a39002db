-- mcp_servers_used: which MCP servers were called? One row a server.
-- parameters: none
select
    mcp_server,
    count(*) as calls,
    count(distinct tool) as tools,
    count(distinct session_id) as sessions,
    count(*) filter (is_error) as errors,
    max(called_at) as last_called_at
from tool_calls
where mcp_server is not null
group by mcp_server
order by calls desc, mcp_server

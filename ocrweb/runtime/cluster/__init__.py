"""Ray: joining a cluster of machines, and what that needs."""

"""Pictures of studies: each draws the findings of one."""

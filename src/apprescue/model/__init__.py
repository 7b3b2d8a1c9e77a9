"""Values and ports. Imports nothing of ours and no third party."""

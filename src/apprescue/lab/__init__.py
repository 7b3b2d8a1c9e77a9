"""The outer world: processes, git, engines. Started and stopped here and nowhere else."""

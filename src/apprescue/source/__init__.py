"""Pure readers of text: syntax trees, SQL, manifests, git history, edits."""

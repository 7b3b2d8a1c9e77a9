"""The access matrix on paper: a page with colours, and tests that the owner keeps. Each is `render(access, name)`."""

"""One file per framework or library and aspect: what the app is."""

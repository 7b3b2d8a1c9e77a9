"""Ways to print a document: HTML, PDF, Markdown. Each is `render(document)`."""

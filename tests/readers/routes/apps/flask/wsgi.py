from sail import create_app

app = create_app()

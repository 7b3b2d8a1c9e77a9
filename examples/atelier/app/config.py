import os

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything without a default must be set, or the app does not start."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str
    app_url: str
    stripe_secret_key: str
    stripe_webhook_secret: str
    task_token: str
    openai_api_key: str = ""
    sentry_dsn: str = ""
    upload_dir: str = "/var/lib/atelier/uploads"


settings = Settings()

JWT_SECRET = os.getenv("JWT_SECRET", "atelier-signing-key")
ARTWORK_CDN = os.getenv("ARTWORK_CDN_URL")

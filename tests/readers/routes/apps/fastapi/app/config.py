from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    jwt_secret: str
    stripe_webhook_secret: str
    web_origin: str


settings = Settings()

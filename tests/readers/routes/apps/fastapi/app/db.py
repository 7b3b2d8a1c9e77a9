from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.config import settings

engine = create_engine(settings.database_url)
make_session = sessionmaker(engine)


def get_db() -> Iterator[Session]:
    with make_session() as session:
        yield session

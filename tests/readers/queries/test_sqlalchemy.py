from tests.readers.queries.reading import queries_in, told

MODELS = """
class User(Base):
    __tablename__ = "people"
    id = Column(Integer)

class Post(Base):
    __tablename__ = "posts"
    id = Column(Integer)
"""
HEAD = "from sqlalchemy import select, func, or_, update, delete\nfrom models import User, Post\n"


def read(text: str):
    return queries_in(HEAD + text, "app.py", models=MODELS)


def test_the_old_way():
    one, page, count, removed = read("""
def f(db, me, after):
    user = db.query(User).filter(User.id == me, User.active).first()
    q = db.query(Post).join(User).filter(or_(Post.a == 1, Post.b.in_([2])))
    if after:
        q = q.filter(Post.at > after)
    rows = q.order_by(Post.at.desc()).offset(3).limit(10).all()
    n = db.query(Post).filter_by(owner=me).count()
    db.query(Post).filter(Post.id == 1).delete()
""")
    assert told(one) == "select people id.eq ?.where"
    assert one.single
    assert told(page) == "select posts a,b.or at.gt"
    assert (page.embeds, page.order, page.limit, page.paged) == (("people",), ("at",), 10, True)
    assert told(count) == "count posts owner.eq"
    assert told(removed) == "delete posts id.eq"


def test_statements_are_followed_to_where_they_are_executed():
    one, many, count, changed, gone, got, added = read("""
async def f(db, me):
    answer = await db.execute(select(User).where(User.id == me))
    user = answer.scalar_one_or_none()
    stmt = select(Post).limit(5)
    posts = (await db.execute(stmt)).scalars().all()
    n = await db.scalar(select(func.count()).select_from(Post))
    await db.execute(update(Post).where(Post.owner == me).values(a=1))
    await db.execute(delete(Post).where(Post.owner == me))
    other = await db.get(User, me)
    db.add(Post(title=me))
""")
    assert told(one) == "select people id.eq"
    assert one.single
    assert told(many) == "select posts"
    assert many.limit == 5
    assert not many.single
    assert told(count) == "count posts"
    assert told(changed) == "update posts owner.eq"
    assert told(gone) == "delete posts owner.eq"
    assert told(got) == "select people id.eq"
    assert told(added) == "insert posts"


def test_flask_sqlalchemy():
    one, many = read("""
def f(id):
    user = User.query.get_or_404(id)
    return User.query.filter_by(team=id).order_by(User.name).all()
""")
    assert told(one) == "select people id.eq"
    assert told(many) == "select people team.eq"


def test_look_alikes_are_no_queries():
    assert not read("""
def f(session, cache, items):
    session.get("https://example.com")
    cache.delete("x")
    items.add(3)
    db.commit()
""")

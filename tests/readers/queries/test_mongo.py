from tests.readers.queries.reading import queries_in, told


def test_motor():
    one, many, count, changed, sums = queries_in(
        """
        from motor.motor_asyncio import AsyncIOMotorClient
        db = AsyncIOMotorClient(URL)[NAME]
        async def f(me):
            user = await db.users.find_one({"id": me}, {"_id": 0, "name": 1})
            wanted = {"$or": [{"a": me}, {"b": 1}], "at": {"$gte": 3}}
            posts = await db.posts.find(wanted).sort("at", -1).skip(5).to_list(50)
            n = await db.posts.count_documents({"a": me})
            await db.posts.update_one({"id": me}, {"$set": {"a": 1}})
            sums = {"$group": {"_id": None, "n": {"$sum": "$x"}}}
            total = await db.posts.aggregate([{"$match": {"a": me}}, sums]).to_list(1)
        """,
        "app/a.py",
    )
    assert told(one) == "select users id.eq"
    assert one.single
    assert one.columns == ("name",)
    assert told(many) == "select posts a,b.or at.gte"
    assert (many.order, many.limit, many.paged) == (("at",), 50, True)
    assert told(count) == "count posts a.eq"
    assert told(changed) == "update posts id.eq"
    assert told(sums) == "count posts a.eq"


def test_mongoose_and_the_driver():
    saved, listed, inserted = queries_in(
        """
        import mongoose from 'mongoose';
        const Post = mongoose.model('Post', new mongoose.Schema({ title: String }));
        export async function f(id, title) {
          const post = await Post.findById(id);
          post.title = title;
          await post.save();
          await Post.find({ owner: id }).populate('owner').sort({ at: -1 }).limit(20).lean();
        }
        export function g(db, row) { db.collection('notes').insert(row, (err) => show(err)); }
        """
    )
    assert told(saved) == "update Post _id.eq"
    assert told(listed) == "select Post owner.eq"
    assert (listed.embeds, listed.order, listed.limit) == (("owner",), ("at",), 20)
    assert told(inserted) == "insert notes"


def test_look_alikes_are_no_queries():
    assert not queries_in(
        """
        export function f(list, set, tree, x) {
          list.find((y) => y.id === x); set.delete(x); new Map().delete(x); tree.insert(x); document.createElement(x);
        }
        """
    )


def test_a_new_document_is_kept_and_left_out_columns_are_no_columns():
    kept, read = queries_in(
        """
        import mongoose from 'mongoose';
        const Post = mongoose.model('Post', new mongoose.Schema({ title: String }));
        export async function f(title) {
          const post = new Post({ title });
          await post.save();
          await Post.findOne({ title }).select('-secret');
        }
        """
    )
    assert told(kept) == "insert Post"
    assert kept.written is not None
    assert "title" in (kept.written.fields or {})
    assert read.columns == ("*",)

from flask import jsonify, request

from api.views.store import Tree, db


def list_trees(variety=None):
    query = Tree.query.filter_by(variety=variety) if variety else Tree.query
    return jsonify([{"id": t.id, "variety": t.variety} for t in query.limit(60)])


def record_harvest(tree_id):
    tree = db.get_or_404(Tree, tree_id)
    tree.kilos += request.get_json()["kilos"]
    db.session.commit()
    return jsonify({"ok": True}), 201

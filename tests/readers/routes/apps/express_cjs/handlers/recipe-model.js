const { Schema, model } = require("mongoose");

module.exports = model("Recipe", new Schema({ title: String, season: String, steps: [String], cook: Schema.Types.ObjectId }));

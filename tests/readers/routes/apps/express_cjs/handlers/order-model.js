const { Schema, model } = require("mongoose");

module.exports = model("Order", new Schema({ guest: Schema.Types.ObjectId, dishes: [String], totalCents: Number }));

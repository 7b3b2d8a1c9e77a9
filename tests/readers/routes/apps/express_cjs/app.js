const express = require("express");
const session = require("express-session");
const passport = require("passport");
const routes = require("./routes");

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false, cookie: { secure: true } }));
app.use(passport.initialize());
app.use(passport.session());

routes(app);

module.exports = app;

const passport = require("passport");
const RecipeHandler = require("../handlers/recipes");
const SessionHandler = require("../handlers/session");
const orders = require("./orders");

module.exports = (app) => {
  const recipes = new RecipeHandler();
  const sessions = new SessionHandler();
  const isLoggedIn = sessions.isLoggedIn;
  const isCook = sessions.isCook;

  app.post("/login", passport.authenticate("local", { failureRedirect: "/login" }), sessions.welcome);
  app.get("/logout", sessions.logout);

  app.get("/recipes", recipes.list);
  app.get("/recipes/:id", recipes.show);
  app.post("/recipes", isLoggedIn, isCook, recipes.create);
  app.post("/recipes/:id/delete", isLoggedIn, recipes.remove);

  app.use("/orders", isLoggedIn, orders);
};

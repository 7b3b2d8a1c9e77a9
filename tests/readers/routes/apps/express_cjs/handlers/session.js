function SessionHandler() {
  this.isLoggedIn = (req, res, next) => {
    if (req.isAuthenticated()) return next();
    return res.redirect("/login");
  };

  this.isCook = (req, res, next) => {
    if (req.user && req.user.role === "cook") return next();
    return res.status(403).send("Cooks only");
  };

  this.welcome = (req, res) => res.redirect("/orders");

  this.logout = (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect("/")));
  };
}

module.exports = SessionHandler;

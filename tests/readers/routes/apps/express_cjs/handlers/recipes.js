const Recipe = require("./recipe-model");

function RecipeHandler() {
  this.list = async (req, res) => {
    const season = req.query.season;
    res.render("recipes", { recipes: await Recipe.find(season ? { season: String(season) } : {}).limit(40) });
  };

  this.show = async (req, res) => {
    res.render("recipe", { recipe: await Recipe.findById(req.params.id) });
  };

  this.create = async (req, res) => {
    const { title, season, steps } = req.body;
    await Recipe.create({ title, season, steps, cook: req.user.id });
    res.redirect("/recipes");
  };

  this.remove = async (req, res) => {
    await Recipe.deleteOne({ _id: req.params.id });
    res.redirect("/recipes");
  };
}

module.exports = RecipeHandler;

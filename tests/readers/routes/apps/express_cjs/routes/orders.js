const router = require("express").Router();
const Order = require("../handlers/order-model");

router.get("/", async (req, res) => {
  res.render("orders", { orders: await Order.find({ guest: req.user.id }).limit(50) });
});

router.get("/:orderId", async (req, res) => {
  res.render("order", { order: await Order.findById(req.params.orderId) });
});

router.all("/:orderId/receipt", async (req, res) => {
  const order = await Order.findById(req.params.orderId);
  if (String(order.guest) !== req.user.id) return res.status(403).send("Not your order");
  res.render("receipt", { order });
});

module.exports = router;

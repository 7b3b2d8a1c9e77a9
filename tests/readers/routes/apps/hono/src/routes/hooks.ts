import { Hono } from "hono";
import type { Bindings } from "../types";

const hooks = new Hono<{ Bindings: Bindings }>();

hooks.post("/payments", async (c) => {
  const secret = c.env.HOOK_SECRET;
  if (secret && c.req.header("X-Hook-Secret") !== secret) {
    return c.json({ error: "Unauthorized" }, 401);
  }
  const body = await c.req.parseBody();
  await c.env.DB.prepare("update invoices set paid = 1 where id = ?").bind(body["invoice_id"]).run();
  return c.text("ok");
});

export default hooks;

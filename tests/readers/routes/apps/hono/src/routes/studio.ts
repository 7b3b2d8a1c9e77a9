import { Hono } from "hono";
import { teacher } from "../middleware/teacher";
import type { Bindings, Variables } from "../types";

const studio = new Hono<{ Bindings: Bindings; Variables: Variables }>();

studio.use(teacher);

studio.on(["GET", "POST"], "/calendar", async (c) => {
  const week = c.req.query("week");
  const { results } = await c.env.DB.prepare("select id, starts_at from bookings where teacher_id = ? and week = ? limit 200")
    .bind(c.get("teacherId"), week)
    .all();
  return c.json(results);
});

studio.put("/rate", async (c) => {
  const body = await c.req.json<{ cents: number }>();
  await c.env.DB.prepare("update teachers set rate_cents = ? where id = ?").bind(body.cents, c.get("teacherId")).run();
  return c.json({ ok: true });
});

export { studio };

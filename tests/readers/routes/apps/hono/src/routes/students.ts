import { Hono } from "hono";
import type { Bindings, Variables } from "../types";

export const students = new Hono<{ Bindings: Bindings; Variables: Variables }>()
  .get("/me", async (c) => {
    const { sub } = c.get("jwtPayload");
    return c.json(await c.env.DB.prepare("select id, name from students where id = ?").bind(sub).first());
  })
  .get("/:studentId/notes", async (c) => {
    const { results } = await c.env.DB.prepare("select id, text from notes where student_id = ? limit 100")
      .bind(c.req.param("studentId"))
      .all();
    return c.json(results);
  })
  .patch("/me", async (c) => {
    const { name, pronouns } = await c.req.json();
    await c.env.DB.prepare("update students set name = ?, pronouns = ? where id = ?")
      .bind(name, pronouns, c.get("jwtPayload").sub)
      .run();
    return c.json({ ok: true });
  });

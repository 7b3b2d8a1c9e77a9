import { Hono } from "hono";
import { zValidator } from "@hono/zod-validator";
import { z } from "zod";
import { teacher } from "../middleware/teacher";
import type { Bindings, Variables } from "../types";

const lessons = new Hono<{ Bindings: Bindings; Variables: Variables }>();

const Lesson = z.object({ title: z.string().max(120), minutes: z.number().int().positive(), level: z.enum(["new", "middle", "strong"]) });

lessons.get("/", zValidator("query", z.object({ level: z.string().optional() })), async (c) => {
  const { level } = c.req.valid("query");
  const { results } = await c.env.DB.prepare("select id, title, minutes from lessons where level = ? limit 50").bind(level ?? "new").all();
  return c.json(results);
});

lessons.get("/:id", async (c) => {
  const lesson = await c.env.DB.prepare("select id, title, minutes from lessons where id = ?").bind(c.req.param("id")).first();
  return lesson ? c.json(lesson) : c.notFound();
});

lessons.post("/", teacher, zValidator("json", Lesson), async (c) => {
  const { title, minutes, level } = c.req.valid("json");
  await c.env.DB.prepare("insert into lessons (teacher_id, title, minutes, level) values (?, ?, ?, ?)")
    .bind(c.get("teacherId"), title, minutes, level)
    .run();
  return c.json({ ok: true }, 201);
});

lessons.delete("/:id", teacher, async (c) => {
  const lesson = await c.env.DB.prepare("select teacher_id from lessons where id = ?").bind(c.req.param("id")).first();
  if (!lesson || lesson.teacher_id !== c.get("teacherId")) return c.json({ error: "Not your lesson" }, 403);
  await c.env.DB.prepare("delete from lessons where id = ?").bind(c.req.param("id")).run();
  return c.body(null, 204);
});

export default lessons;

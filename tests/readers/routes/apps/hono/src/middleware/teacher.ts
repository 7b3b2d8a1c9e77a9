import { createMiddleware } from "hono/factory";
import { verify } from "hono/jwt";
import { HTTPException } from "hono/http-exception";
import type { Bindings, Variables } from "../types";

export const teacher = createMiddleware<{ Bindings: Bindings; Variables: Variables }>(async (c, next) => {
  const token = c.req.header("Authorization")?.slice(7);
  if (!token) throw new HTTPException(401, { message: "Please sign in" });
  const payload = await verify(token, c.env.JWT_SECRET);
  if (payload.role !== "teacher") throw new HTTPException(403, { message: "Teachers only" });
  c.set("teacherId", payload.sub as string);
  await next();
});

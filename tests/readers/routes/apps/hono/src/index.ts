import { Hono } from "hono";
import { cors } from "hono/cors";
import { logger } from "hono/logger";
import { jwt } from "hono/jwt";
import type { Bindings, Variables } from "./types";
import lessons from "./routes/lessons";
import { students } from "./routes/students";
import hooks from "./routes/hooks";
import { studio } from "./routes/studio";

const app = new Hono<{ Bindings: Bindings; Variables: Variables }>().basePath("/api");

app.use("*", logger());
app.use("*", cors({ origin: ["https://meadowlark.example"] }));

app.get("/status", (c) => c.json({ status: "ok" }));

app.use("/students/*", (c, next) => jwt({ secret: c.env.JWT_SECRET })(c, next));

app.route("/lessons", lessons);
app.route("/students", students);
app.route("/hooks", hooks);
app.route("/studio", studio);

export default app;

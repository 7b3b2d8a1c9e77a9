"""What the app is built with, by its dependencies and files, and which builder left its traces."""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.source.project import Project

_BY_PACKAGE = {
    "next": "Next.js", "vite": "Vite", "react": "React", "vue": "Vue", "svelte": "Svelte", "expo": "Expo",
    "express": "Express", "fastify": "Fastify", "hono": "Hono", "@nestjs/core": "NestJS", "fastapi": "FastAPI",
    "flask": "Flask", "django": "Django", "djangorestframework": "Django REST framework",
    "@supabase/supabase-js": "Supabase", "supabase": "Supabase", "@prisma/client": "Prisma", "drizzle-orm": "Drizzle",
    "sqlalchemy": "SQLAlchemy",
    "sqlmodel": "SQLAlchemy", "mongoose": "MongoDB", "mongodb": "MongoDB", "motor": "MongoDB", "pymongo": "MongoDB",
    "firebase": "Firebase", "firebase-admin": "Firebase", "stripe": "Stripe", "pg": "PostgreSQL",
    "asyncpg": "PostgreSQL", "next-auth": "Auth.js", "@clerk/nextjs": "Clerk", "@clerk/express": "Clerk",
    "lovable-tagger": "Lovable", "@tanstack/react-start": "TanStack Start",
}  # fmt: skip
_BY_FILE = {
    "supabase/config.toml": "Supabase",
    ".bolt/config.json": "Bolt",
    ".replit": "Replit",
    ".emergent/emergent.yml": "Emergent",
    ".lovable/plan.md": "Lovable",
    "CLAUDE.md": "Claude",
    ".cursorrules": "Cursor",
    "netlify.toml": "Netlify",
    "vercel.json": "Vercel",
}


def read(app: App, project: Project) -> dict[str, tuple[str, ...]]:
    """The names of the stacks, sorted."""
    found = {_BY_PACKAGE[p.name] for p in app.packages if p.name in _BY_PACKAGE}
    found |= {stack for path, stack in _BY_FILE.items() if path in app.files}
    if any("/supabase/functions/" in f"/{path}" for path in app.files):
        found.add("Supabase edge functions")
    return {"stacks": tuple(sorted(found))}

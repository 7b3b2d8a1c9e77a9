"""Names of the environment: where they are read, with which fallback, on which side, and where they are declared."""

from __future__ import annotations

from textwrap import dedent

from apprescue.readers.env import declared, javascript, python

VITE = '{"dependencies": {"vite": "5", "react-dom": "18"}}'


def reads(text: str, path: str = "server/env.ts") -> list[tuple[str, int, str | None]]:
    files = {path: dedent(text).lstrip("\n")}
    return [(r.name, r.place.line, r.fallback) for r in (*javascript.read(files), *python.read(files))]


def test_javascript_reads_in_all_their_forms() -> None:
    code = """
        const a = process.env.PORT || '3000'
        const b = process.env['HOST'] ?? "local"
        const c = Deno.env.get('URL')!
        const d = process.env.FIRST || process.env.SECOND || 'both'
        const e = 'dev-' + process.env.NAME
        const f = process.env.SECRET || 'made-' + Math.random()
        const { ONE, TWO = 'two' } = process.env
        // process.env.COMMENTED
    """
    assert reads(code) == [
        ("PORT", 1, "3000"), ("HOST", 2, "local"), ("URL", 3, None), ("FIRST", 4, "both"), ("SECOND", 4, "both"),
        ("NAME", 5, None), ("SECRET", 6, None), ("ONE", 7, None), ("TWO", 7, "two"),
    ]  # fmt: skip


def test_a_schema_over_the_environment_names_its_keys() -> None:
    code = """
        const schema = z.object({
          JWT_SECRET: z.string().min(1).default('tide'),
          PORT: z.coerce.number(),
        })
        export const env = schema.parse(process.env)
    """
    assert reads(code) == [("JWT_SECRET", 2, "tide"), ("PORT", 3, None)]


def test_python_reads_in_all_their_forms() -> None:
    code = """
        a = os.environ["A"]
        b = os.environ.get('B', 'bee')
        c = os.getenv("C")
        d = os.environ.get("D") or "dee"
        # os.getenv("COMMENTED")
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")
            jwt_secret: str = "tide"
            debug: bool = False
            name: str
    """
    assert reads(code, "app/config.py") == [
        ("A", 1, None), ("B", 2, "bee"), ("C", 3, None), ("D", 4, "dee"),
        ("JWT_SECRET", 8, "tide"), ("DEBUG", 9, None), ("NAME", 10, None),
    ]  # fmt: skip


def test_a_settings_class_names_what_it_reads() -> None:
    code = """
        class Harbour(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="quay_")
            berth: str
            crane: str = Field(..., validation_alias="CRANE_URL")
            store: str = Field(default="", validation_alias=AliasChoices("SHED", "BARN"))
            tide: int = 3
            lamp: str | None = Field(None, env="LAMP_KEY")
            bell: SecretStr = Field(default=SecretStr("ding"))
    """
    files = {"app/config.py": dedent(code).lstrip("\n")}
    assert [(r.name, r.fallback, r.needed) for r in python.read(files)] == [
        ("QUAY_BERTH", None, True), ("CRANE_URL", None, True), ("SHED", "", False), ("BARN", "", False),
        ("QUAY_TIDE", None, False), ("LAMP_KEY", None, False), ("QUAY_BELL", "ding", False),
    ]  # fmt: skip


def test_a_switch_is_not_needed() -> None:
    code = """
        const demo = process.env.SHOW_DEMO === "true";
        const from = process.env.MAIL_FROM ?? fallbackFor(site);
        const key = process.env.MAIL_KEY;
        const must = process.env.DB_URL || fail("no database");
    """
    found = javascript.read({"src/server/a.ts": dedent(code).lstrip("\n")})
    assert {r.name: r.needed for r in found} == {
        "SHOW_DEMO": False, "MAIL_FROM": False, "MAIL_KEY": True, "DB_URL": True
    }  # fmt: skip


def test_the_side_is_told_and_tests_are_left_out() -> None:
    code = "use(import.meta.env.VITE_URL)\n"
    files = {
        "package.json": VITE,
        "src/main.ts": code,
        "supabase/functions/a/index.ts": "Deno.env.get('KEY')\n",
        "src/a.test.ts": code,
    }
    assert [(r.name, r.side) for r in javascript.read(files)] == [("VITE_URL", "browser"), ("KEY", "server")]


def test_declarations_of_every_kind_of_file() -> None:
    files = {
        ".env": "# note\nexport A='one two'  # note\nB=two # note\nC=\n",
        "docker-compose.yml": "services:\n  app:\n    environment:\n      - D=dee\n      E: ee\n",
        "vercel.json": '{"env": {"F": "eff"}}',
        "netlify.toml": '[build]\ncommand = "x"\n[build.environment]\nG = "gee"\n',
        "render.yaml": "envVars:\n  - key: H\n    value: aitch\n",
        "Dockerfile": "FROM x\nENV I=eye\n",
        ".envious.ts": "J=jay\n",
    }
    found = [(d.name, d.value, str(d.place)) for d in declared.read(files)]
    assert found == [
        ("A", "one two", ".env:2"), ("B", "two", ".env:3"), ("C", "", ".env:4"),
        ("D", "dee", "docker-compose.yml:4"), ("E", "ee", "docker-compose.yml:5"), ("F", "eff", "vercel.json:1"),
        ("G", "gee", "netlify.toml:4"), ("H", "aitch", "render.yaml:2"), ("I", "eye", "Dockerfile:2"),
    ]  # fmt: skip


def test_broken_files_give_nothing() -> None:
    assert list(declared.read({"vercel.json": "{", "app.json": "[]", "now.json": '{"build": 1}'})) == []

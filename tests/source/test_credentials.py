"""Credential files of common programs: what each holds is found on its line; references and templates are not."""

from __future__ import annotations

import pytest

from apprescue.model.leak import Leak
from apprescue.source.leaks import by_reading, without_doubles

WORD = "tide" + "Pool_" + "47"
LONG = "q7Rt9x" + "Lm2VbN4k" + "PzW8sYdU3e"

HOLDS = {
    ".netrc": f"machine api.acme.test login bot password {WORD}\n",
    "ops/.pgpass": f"db.acme.test:5432:shop:owner:{WORD}\n",
    ".git-credentials": f"https://bot:{WORD}@git.acme.test\n",
    "www/.htpasswd": "owner:$apr1$" + "k1k2k3k4$" + "abcdefghijklmnopqrstu.\n",
    "etc/shadow": "root::1:0:9:7:::\nowner:$6$" + "saltsalt$" + "hashhashhashhash:1:0:9:7:::\n",
    "config/master.key": "0f1e2d3c4b5a69788796a5b4c3d2e1f0\n",
    ".docker/config.json": f'{{"auths": {{"r.acme.test": {{"auth": "{LONG}"}}}}}}\n',
    "filezilla.xml": f"<Server><User>a</User><Pass>{WORD}</Pass></Server>\n",
    ".esmtprc": f'username "a@acme.test"\npassword "{WORD}"\n',
    ".vscode/sftp.json": f'{{"host": "acme.test",\n "password": "{WORD}"}}\n',
    "wp-config.php": f"<?php\ndefine( 'DB_PASSWORD', '{WORD}' );\n",
    ".npmrc": f"//registry.acme.test/:_authToken={LONG}\n",
    ".my.cnf": f"[client]\npassword={WORD}\n",
    ".ftpconfig": f'{{"user": "a",\n"pass": "{WORD}"}}\n',
    "ventrilo_srv.ini": f"[Server]\nAdminPassword={WORD}\n",
    "web.config": f'<add connectionString="Data Source=db;User Id=sa;Password={WORD};" />\n',
    "application.properties": f"spring.datasource.password={WORD}\n",
    "appsettings.json": f'{{"Jwt": {{"Secret": "{WORD}"}}}}\n',
    "terraform.tfvars": f'db_password = "{WORD}"\n',
    "wg0.conf": f"[Interface]\nPrivateKey = {LONG}{LONG[:19]}=\n",
    ".bash_history": f"ls\nmysql -u root -p{WORD} shop\n",
    "dump.sql": "insert into users values (1, '$2y$10$" + "abcdefghijklmnopqrstuv.wxyz0123456789ABCDEFGHIJKLMNOPQ');\n",
    ".env": f"PORT=3000\nJWT_SECRET={WORD}\n",
    "app.py": "app.secret_key = '" + "hush" + "'\n",
    "lib/crm.js": f"conn.login('bot@acme.test', '{WORD}', done)\n",
    "server.js": f"const t = jwt.sign({{ id }}, '{WORD}')\n",
}
LOOKALIKES = {
    "app.json": '{"password": "${DB_PASSWORD}", "token": "<your-token>", "secret": "changeme"}\n',
    ".env.example": f"JWT_SECRET={WORD}\n",
    "src/locales/de.json": '{"password": "Passwort1", "secret": "Geheimnis"}\n',
    "src/Login.tsx": '<Input type="password" placeholder="Password1" />\nconst t = { password: "Is required" }\n',
    "src/keys.ts": "export const TOKEN_KEY = 'auth_token'\nconst secretName = 'jwt-signing-secret'\n",
    "src/form.ts": "const type = { password: 'password', token: 'string' }\n",
    "tests/login.test.ts": f"login('a@acme.test', '{WORD}'); const password = '{WORD}'\n",
    "index.html": '<script integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8KuxyrSfXXHx0" src="x"></script>\n',
    "deploy.sh": "--set-secrets=JWT_SECRET=jwt-secret:latest\nexport API_TOKEN=$TOKEN\n",
    ".netrc": "machine x login y password ${NETRC_PASSWORD}\n",
    "config.py": "SECRET_KEY = os.environ['SECRET_KEY']\npassword = get_password()\n",
    "README.md": "Set `JWT_SECRET=some-long-random-secret-32-chars` and `PASSWORD=secret1`.\n",
    "settings.py": "class Settings(BaseSettings):\n    jwt_secret: str = 'only-for-development'\n",
}


def secrets_of(path: str, text: str) -> tuple[Leak, ...]:
    return tuple(leak for leak in without_doubles(by_reading(path, text)) if leak.is_secret and not leak.quiet)


@pytest.mark.parametrize("path", HOLDS)
def test_a_secret_is_found_on_its_line(path: str) -> None:
    found = secrets_of(path, HOLDS[path])
    assert len(found) == 1
    assert found[0].value.strip("';\"") in HOLDS[path].split("\n")[found[0].place.line - 1]


@pytest.mark.parametrize("path", LOOKALIKES)
def test_what_only_looks_like_a_secret_is_let_pass(path: str) -> None:
    assert secrets_of(path, LOOKALIKES[path]) == ()


def test_a_database_address_counts_where_others_can_reach_it() -> None:
    remote = f"postgresql://owner:{WORD}@db.acme-cloud.io/shop"
    assert [leak.power for leak in secrets_of("NOTES.md", f"use {remote} for now\n")] == ["critical"]
    assert secrets_of("NOTES.md", "use postgresql://user:password@localhost:5432/shop\n") == ()


def test_long_lines_are_read_in_good_time() -> None:
    text = '{"a":"' + "password: x " * 40_000 + '"}'
    assert secrets_of("data.json", text) is not None

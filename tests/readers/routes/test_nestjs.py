"""NestJS guards and addresses in the forms that apps write them."""

from __future__ import annotations

from importlib import import_module

import pytest

from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project

ROLES = """
import { SetMetadata } from "@nestjs/common";
export enum Role { Keeper = 1, Guest = 2 }
export const Roles = (...roles: Role[]) => SetMetadata("roles", roles);
"""
COMMON = 'import { Controller, Get, Post, UseGuards, Version, VERSION_NEUTRAL } from "@nestjs/common";\n'
ASKED = """
    const roles = this.reflector.getAllAndOverride<Role[]>("roles", [context.getHandler(), context.getClass()]);
    {none}
    const request = context.switchToHttp().getRequest();
"""


def routes(**files: str) -> dict[str, set[str]]:
    """Each route with the kinds of its guards. `__` in a file's name is a slash."""
    flow = Flow(Project({f"src/{k.replace('__', '/')}.ts": v for k, v in files.items()}))
    reader = import_module("apprescue.readers.routes.nestjs")
    return {str(r): {g.kind for g in r.guards} for r in (route_of(flow, e) for e in reader.read(flow))}


def guarded(none: str, decides: str, roles: str = "@Roles(Role.Keeper)") -> set[str]:
    """What a guard of roles is for a controller with a decorator."""
    return routes(
        roles=ROLES,
        guard='import { Reflector } from "@nestjs/core";\nexport class RolesGuard { constructor(private reflector: '
        "Reflector) {} canActivate(context: ExecutionContext) {" + ASKED.replace("{none}", none) + decides + "} }",
        lamps=f"""{COMMON}
            import {{ Roles, Role }} from "./roles";
            import {{ RolesGuard }} from "./guard";
            {roles}
            @UseGuards(RolesGuard)
            @Controller("lamps")
            export class Lamps {{ @Get() list() {{ return []; }} }}
        """,
    )["GET /lamps"]


@pytest.mark.parametrize(
    "none",
    ["if (!roles) return true;", "if (!roles?.length) return true;", "if (!roles || roles.length === 0) return true;"],
)
@pytest.mark.parametrize(
    "decides",
    [
        "return roles.includes(request.user.role);",
        "return roles.map(String).includes(String(request.user?.role?.id));",
        "if (roles.indexOf(request.user.role) === -1) throw new ForbiddenException(); return true;",
        "return roles.indexOf(request.user.role) >= 0;",
        "const fits = roles.some((r) => request.user.roles?.includes(r)); if (!fits) throw new Error(); return true;",
    ],
)
def test_roles_that_a_decorator_names(none: str, decides: str) -> None:
    assert guarded(none, decides) == {"role"}
    assert guarded(none, decides, roles="") == set()


def own_guard(base: str) -> set[str]:
    return routes(
        app="""
            import { APP_GUARD } from "@nestjs/core";
            import { Own } from "./own";
            @Module({ providers: [{ provide: APP_GUARD, useClass: Own }] }) export class AppModule {}
        """,
        own=f"""
            import {{ ThrottlerGuard }} from "@nestjs/throttler";
            import {{ AuthGuard }} from "@nestjs/passport";
            export class Own extends {base} {{
              async canActivate(context) {{ await this.note(context); return super.canActivate(context); }}
            }}
        """,
        lamps=f'{COMMON} @Controller("lamps") export class Lamps {{ @Get() list() {{ return []; }} }}',
    )["GET /lamps"]


def test_what_a_guard_leaves_to_the_class_above_is_decided_there() -> None:
    assert own_guard("ThrottlerGuard") == {"rate_limit"}
    assert own_guard('AuthGuard("jwt")') == {"login"}


def test_a_way_to_sign_in_is_no_guard() -> None:
    found = routes(
        doors=f"""{COMMON}
            import {{ AuthGuard }} from "@nestjs/passport";
            @Controller("doors")
            export class Doors {{
              @Post("local") @UseGuards(AuthGuard("local")) local() {{ return 1; }}
              @Get("google") @UseGuards(AuthGuard("google")) google() {{ return 1; }}
              @Get("mine") @UseGuards(AuthGuard("jwt")) mine() {{ return 1; }}
            }}
        """
    )
    assert found == {"POST /doors/local": set(), "GET /doors/google": set(), "GET /doors/mine": {"login"}}


LAMPS = f"""{COMMON}
@Controller("lamps") export class Lamps {{
  @Get() list() {{ return []; }}
  @Version("2") @Get() better() {{ return []; }}
  @Version(["3", "4"]) @Get("new") both() {{ return []; }}
}}
@Controller({{ path: "pulse", version: VERSION_NEUTRAL }}) export class Pulse {{ @Get() ok() {{ return 1; }} }}
"""


def main(*lines: str) -> str:
    return (
        'import { NestFactory } from "@nestjs/core";\nimport { VersioningType } from "@nestjs/common";\n'
        "async function start() { const app = await NestFactory.create(AppModule); "
        f"const config = app.get(ConfigService); {' '.join(lines)} await app.listen(3000); }}\nstart();"
    )


def test_versions_in_the_path() -> None:
    found = routes(main=main('app.enableVersioning({ type: VersioningType.URI, defaultVersion: "1" });'), lamps=LAMPS)
    assert set(found) == {"GET /v1/lamps", "GET /v2/lamps", "GET /v3/lamps/new", "GET /v4/lamps/new", "GET /pulse"}


def test_versions_in_a_header_change_no_path() -> None:
    found = routes(main=main('app.enableVersioning({ type: VersioningType.HEADER, header: "x" });'), lamps=LAMPS)
    assert set(found) == {"GET /lamps", "GET /lamps/new", "GET /pulse"}


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ('"api"', "/api/pulse"),
        ('process.env.PREFIX || "api"', "/api/pulse"),
        ('config.get("PREFIX", "api")', "/api/pulse"),
        ('config.get("PREFIX") || "api"', "/api/pulse"),
        ('config.getOrThrow("app.prefix", { infer: true })', "/v/pulse"),
    ],
)
def test_the_prefix_of_the_whole_app(prefix: str, path: str) -> None:
    settings = """
        import { registerAs } from "@nestjs/config";
        export default registerAs("app", () => ({ port: 1, prefix: process.env.PREFIX || "v" }));
    """
    pulse = f'{COMMON} @Controller("pulse") export class Pulse {{ @Get() ok() {{ return 1; }} }}'
    assert set(routes(main=main(f"app.setGlobalPrefix({prefix});"), settings=settings, pulse=pulse)) == {f"GET {path}"}


def test_controllers_under_the_paths_of_their_modules() -> None:
    found = routes(
        app="""
            import { Module } from "@nestjs/common";
            import { RouterModule } from "@nestjs/core";
            import { LampsModule } from "./lamps";
            @Module({ imports: [LampsModule, RouterModule.register([
              { path: "admin", children: [{ path: "house", module: LampsModule }] },
            ])] })
            export class AppModule {}
        """,
        lamps=f"""{COMMON}
            import {{ Module }} from "@nestjs/common";
            @Controller("lamps") export class Lamps {{ @Get() list() {{ return []; }} }}
            @Module({{ controllers: [Lamps] }}) export class LampsModule {{}}
        """,
    )
    assert set(found) == {"GET /admin/house/lamps"}


def test_a_secret_that_a_getter_gives_is_no_callback() -> None:
    found = routes(
        config='export default { get HOOK_SECRET() { return process.env.HOOK_SECRET ?? ""; } };',
        hook=f"""{COMMON}
            import Stripe from "stripe";
            import config from "./config";
            @Controller("hook")
            export class Hook {{
              constructor() {{ this.stripe = new Stripe(process.env.KEY); }}
              @Post() take(@Headers("stripe-signature") signature: string, @Req() req) {{
                const event = this.stripe.webhooks.constructEvent(req.rawBody, signature, config.HOOK_SECRET);
                return prisma.payment.create({{ data: {{ id: event.id }} }});
              }}
            }}
        """,
    )
    assert found == {"POST /hook": {"signature"}}

"""A Stripe webhook verifies the signature over the raw body before it works, and answers 400 where it does not fit.

The body that was parsed becomes the event that Stripe's own call gives back (`constructEventAsync`, `constructEvent`,
`Webhook.construct_event`), with the secret of the environment; where that is not set nothing is believed. Handlers that
do not read their body into a name, and those of other providers, are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.env_example import named_in_example
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.raw_body import left_out, taken_raw

_SECRET = re.compile(r"\b[A-Z0-9_]*STRIPE[A-Z0-9_]*(?:WEBHOOK|SIGNING|ENDPOINT)[A-Z0-9_]*|\b[A-Z_]*WEBHOOK_SECRET\b")
_KEY = re.compile(r"\bSTRIPE_[A-Z0-9_]*(?:SECRET|API|PRIVATE)[A-Z0-9_]*\b(?<!WEBHOOK_SECRET)")
_MODULE = re.compile(r"""(?:npm:|https://esm\.sh/)stripe@[^"'\s]+""")
_STRIPE = re.compile(
    r"(?i)stripe-signature|[\"'](?:checkout\.session|payment_intent|invoice|customer\.subscription)\.\w+"
)
_EVENT = "constructEvent"


@fix("input/webhook_without_signature", title="Verify Stripe's signature before the webhook works")
def verify_signature(finding: Finding, app: App) -> Changes:
    """The verified event in place of the parsed body."""
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    route = next((one for one in app.routes if str(one) == named), None)
    if route is None or route.trace is None or "pages/api/" in route.trace.place.path:
        return
    file = hand(app, route.trace.place.path)
    handler = _handler(file, route.trace.place.line) if file else None
    if file is None or handler is None or not ("stripe" in route.path.lower() or _STRIPE.search(file.of(handler))):
        return
    if (found := _parsed(file, handler)) is None:
        return
    secret = next(iter(_SECRET.findall(file.text)), "STRIPE_WEBHOOK_SECRET")
    edits = list((_in_python if file.is_python else _in_script)(app, route, file, handler, found, secret))
    if edits:
        yield from edits
        if route.framework != "supabase_functions":
            yield from named_in_example(app, file.path, [secret])
        yield Todo(f"Set {secret} to the signing secret that Stripe shows for this webhook (Developers, Webhooks).")


def _handler(file: Handwriting, line: int) -> t.Function | None:
    """The function that answers: the one with parameters at whose head its line stands."""
    heads = [n for n in file.nodes if isinstance(n, t.Function) and n.params and n.body]
    return max((n for n in heads if n.line <= line <= n.body[0].line), key=lambda n: n.line, default=None)


def _parsed(file: Handwriting, handler: t.Function) -> tuple[t.Assign, str] | None:
    """The statement that names the parsed body, and how the raw body is read there."""
    request = dotted(handler.params[0].target)
    request = f"{request}.req" if re.search(rf"\b{re.escape(request)}\.req\b", file.of(handler)) else request
    texts = {
        dotted(n.target)
        for n in handler.walk()
        if isinstance(n, t.Assign) and n.value is not None and _reads(n.value, request, ("text", "body", "get_data"))
    }
    for node in handler.walk():
        if not isinstance(node, t.Assign) or node.value is None or not isinstance(node.target, t.Name | t.Object):
            continue
        if _reads(node.value, request, ("json", "get_json")):
            return node, f"{'await ' if isinstance(node.value, t.Await) else ''}{_raw(request, file)}"
        value = node.value
        if isinstance(value, t.Call) and dotted(value.callee) in ("JSON.parse", "json.loads") and value.args:
            given = file.of(value.args[0])
            if given in texts or given.startswith(f"{request}.body"):
                return node, given.removesuffix(".toString()") if given not in texts else given
            if _reads(value.args[0], request, ("text", "body")):
                return node, given
        if dotted(value) == f"{request}.body" and len(handler.params) > 1:
            return node, dotted(value)
    return None


def _reads(node: t.Node, request: str, names: tuple[str, ...]) -> bool:
    call = node.value if isinstance(node, t.Await) else node
    return isinstance(call, t.Call) and not call.args and dotted(call.callee) in {f"{request}.{n}" for n in names}


def _raw(request: str, file: Handwriting) -> str:
    flask = file.is_python and file.imports("fastapi") is None
    return f"{request}.{'get_data' if flask else 'body' if file.is_python else 'text'}()"


def _in_script(
    app: App, route: Route, file: Handwriting, handler: t.Function, found: tuple[t.Assign, str], secret: str
) -> Iterator[Edit]:
    stand, raw = found
    deno = route.framework == "supabase_functions"
    client, needed = _client(app, file, handler, deno)
    if not client:
        return
    request, context = dotted(handler.params[0].target), ".req." in raw
    answers = len(handler.params) > 1 and ".body" in raw
    asked = file.said("stripe-signature")
    header = f"{request}.headers[{asked}]" if answers else f"{request}.headers.get({asked})"
    header = f"{request}.req.header({asked})" if context else header
    env = f"Deno.env.get({file.said(secret)})" if deno else f"process.env.{secret}"
    name = dotted(stand.target) or "event"
    event = f"await {client}.webhooks.{_EVENT}Async" if not answers else f"{client}.webhooks.{_EVENT}"
    typed, end, step = ": any" if file.path.endswith((".ts", ".tsx")) else "", file.end, file.step
    refusal = _refusal(file, handler, answers, context)
    cast = " as string" if typed and answers else " ?? " + file.said("") if not answers else ""
    made = [f"{step}const stripe = {client}{end}"] if client.startswith("new ") else []
    event = event.replace(client, "stripe") if made else event
    rows = [
        f"let {name}{typed}{end}",
        "try {",
        f"{step}const secret = {env}{end}",
        f"{step}if (!secret) throw new Error({file.said(f'{secret} is not set')}){end}",
        *made,
        f"{step}{name} = {event}({raw}, {header}{cast}, secret){end}",
        "} catch (invalid) {",
        f"{step}console.error({file.said('Webhook refused:')}, invalid){end}",
        f"{step}return {refusal}{end}",
        "}",
    ]
    whole = file.statement(stand)
    if isinstance(stand.target, t.Object):
        rows.append(f"{file.of(whole).split('=')[0].rstrip()} = {name}{end}")
    if end and file.code[whole.end - 1 : whole.end] == b";":
        rows[-1] = rows[-1].removesuffix(";") + (";" if isinstance(stand.target, t.Object) else "")
    yield Edit(file.path, whole.start, _end(file, whole), f"\n{file.indent(whole)}".join(rows))
    yield from needed
    if answers:
        yield from _kept_raw(app, route)


def _end(file: Handwriting, node: t.Node) -> int:
    return node.end + (1 if file.code[node.end : node.end + 1] == b";" else 0)


def _refusal(file: Handwriting, handler: t.Function, answers: bool, context: bool) -> str:
    told = f"{{ error: {file.said('Invalid signature')} }}"
    if answers:
        return f"{dotted(handler.params[1].target)}.status(400).json({told})"
    if context:
        return f"{dotted(handler.params[0].target)}.json({told}, 400)"
    if "NextResponse.json(" in file.text:
        return f"NextResponse.json({told}, {{ status: 400 }})"
    headers = ", headers: corsHeaders" if re.search(r"headers: (?:\{ ?\.\.\.)?corsHeaders", file.text) else ""
    return f"new Response({file.said('Invalid signature')}, {{ status: 400{headers} }})"


def _client(app: App, file: Handwriting, handler: t.Function, deno: bool) -> tuple[str, list[Edit]]:
    """What stands for Stripe in the file, and the import where it is new; nothing where the app has no Stripe."""
    for node in file.nodes:
        if isinstance(node, t.Assign) and node.declares and isinstance(node.value, t.Call):
            made = node.value.new and dotted(node.value.callee) == "Stripe"
            if made and file.function(node) in (None, handler) and isinstance(node.target, t.Name):
                return node.target.id, []
        local = [own for _, own in node.names if own == "stripe"] if isinstance(node, t.Import) else []
        if local:
            return local[0], []
    key = next((k for k in _KEY.findall("\n".join(app.files.values())) if "WEBHOOK" not in k), "STRIPE_SECRET_KEY")
    client = f"new Stripe({f'Deno.env.get({file.said(key)})' if deno else f'process.env.{key}'}{_sure(file)})"
    if any(isinstance(n, t.Import) and ("default", "Stripe") in n.names for n in file.nodes):
        return client, []
    others = _MODULE.findall("\n".join(text for path, text in app.files.items() if "supabase/functions/" in path))
    module = (others[0] if others else "npm:stripe@17.7.0") if deno else "stripe" if _depends(app) else ""
    return (client, [file.new_import(f"import Stripe from {file.said(module)}{file.end}")]) if module else ("", [])


def _sure(file: Handwriting) -> str:
    return "!" if file.path.endswith((".ts", ".tsx")) else ""


def _depends(app: App) -> bool:
    return any(path.endswith("package.json") and '"stripe"' in text for path, text in app.files.items())


def _kept_raw(app: App, route: Route) -> Iterator[Edit]:
    """The body as it came, where Express parses all of them before."""
    for trace in app.traces:
        for step in trace.steps:
            first = step.args[0].step if step.method == "use" and step.args else None
            if first is not None and first.name in ("express.json", "express().json", "body-parser.json"):
                yield from left_out(app, first.place, route)
                yield from taken_raw(app, route)
                return
    yield from taken_raw(app, route)


def _in_python(
    app: App, route: Route, file: Handwriting, handler: t.Function, found: tuple[t.Assign, str], secret: str
) -> Iterator[Edit]:
    stand, raw = found
    name = dotted(stand.target)
    if not name:
        return
    fastapi = file.imports("fastapi") is not None
    request = dotted(handler.params[0].target) if fastapi else "request"
    step, asked = "    ", file.said("stripe-signature")
    refusal = (
        f"raise HTTPException(status_code=400, detail={file.said('Invalid signature')}) from invalid"
        if fastapi
        else f"abort(400, {file.said('Invalid signature')})"
    )
    header = f"{request}.headers.get({asked}, {file.said('')})"
    rows = [
        "try:",
        f"{step}{name} = stripe.Webhook.construct_event({raw}, {header}, os.environ[{file.said(secret)}])",
        "except Exception as invalid:" if fastapi else "except Exception:",
        f"{step}{refusal}",
    ]
    yield file.instead(stand, f"\n{file.indent(stand)}".join(rows))
    for module in ("os", "stripe"):
        if file.imports(module) is None:
            yield file.at(0, f"import {module}\n")
    needed = "HTTPException" if fastapi else "abort"
    if not re.search(rf"import[^\n]*\b{needed}\b", file.text):
        yield file.new_import(f"from {'fastapi' if fastapi else 'flask'} import {needed}")

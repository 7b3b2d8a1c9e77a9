"""What well-known names mean: who the caller is, what a request holds, what throws, what answers with rows.

Facts about frameworks and libraries that `source/flow.py` needs while it follows data. A new library is a word here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property

from apprescue.model.trace import Step, Value


class Names:
    """A pattern over the names of calls. A name is looked at once, however often it is asked for, and a pattern is
    compiled when first asked."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        """As `re.search`."""
        return cache(re.compile(self._pattern).search)

    @cached_property
    def match(self) -> Callable[[str], re.Match[str] | None]:
        """As `re.match`."""
        return cache(re.compile(self._pattern).match)

    @cached_property
    def fullmatch(self) -> Callable[[str], re.Match[str] | None]:
        """As `re.fullmatch`."""
        return cache(re.compile(self._pattern).fullmatch)


# A part of a request, whatever the framework calls it: the origin of what is in it.
REQUEST = {
    **dict.fromkeys(("body", "json", "data", "get_json", "text", "arrayBuffer", "rawBody"), "body"),
    **dict.fromkeys(("params", "param", "path_params", "view_args", "match_info"), "path"),
    **dict.fromkeys(
        ("query", "queries", "GET", "args", "queryStringParameters", "searchParams", "query_params"), "query"
    ),
    **dict.fromkeys(("headers", "header", "META"), "header"),
    **dict.fromkeys(("cookies", "COOKIES", "cookie", "signedCookies"), "cookie"),
    **dict.fromkeys(("form", "formData", "values", "parseBody", "POST"), "form"),
    **dict.fromkeys(("files", "FILES", "file"), "form.file"),
    **dict.fromkeys(
        ("user", "auth", "session", "currentUser", "current_user", "identity", "state", "nextauth"), "caller"
    ),
    **dict.fromkeys(("userId", "user_id", "uid", "adminId"), "caller.id"),
    **dict.fromkeys(("host", "hostname"), "header.host"),
    "stream": "body",
}
# What earlier middleware keeps for later handlers (`c.get("user")`, `res.locals.user`) and that tells who calls.
KEPT_CALLER = Names(r"(?i)^(?:\w*(?:user|session|jwt|payload|auth|account|member|claims|identity)|uid|\w+_?id)$")
# What it hangs on the request itself (`req.accessScope`, `req.authUser`).
HANDED_CALLER = Names(r"(?i)^\w*(?:user|jwt|auth|member|claims|identity|(?<!micro)scope|principal)$")
# Where code keeps who calls by assigning it: a step named `request.session.user=`.
KEEPS_CALLER = Names(r"^(?:req|request|ctx|context|c)(?:\.session|\.user|\.state)?$|^(?:flask\.)?session$|\.session$")
# What Hono's `c.req.valid(...)` gives.
VALID = {"json": "body", "form": "form", "query": "query", "param": "path", "header": "header", "cookie": "cookie"}
REQUEST_ITSELF = frozenset({"req", "request", "raw", "nextUrl", "url", "URL", "valid", "event", "node"})

GETTERS = frozenset("get getAll has param params header query cookie getlist item cookies getHeader valid".split())
CALLER_PARTS = frozenset(
    "data user session currentUser auth claims payload decoded sub_claims token sessionClaims userData result".split()
)
IDENTIFIERS = frozenset("id uid sub userId user_id _id uuid sessionId pk identity".split())
ROLE_WORD = Names(
    r"(?i)(?:^|[._])(?:role|roles|user_?role|is_?admin|admin|is_?super_?user|is_?staff|is_?moderator|permissions?|"
    r"user_?type|account_?type|is_?owner|is_?creator|app_metadata|user_metadata|scopes?|"
    r"(?:is_?)?(?:super_?)?(?:admin|owner|staff|moderator)_?(?:is_?)?(?:logged_?in|signed_?in|authenticated|logged))"
    r"(?:\.(?:id|name|code|slug|key))?$"
)
# What goes no further where no row is found.
FINDS_OR_RAISES = frozenset(
    "first_or_404 get_or_404 one_or_404 get_object_or_404 aget_object_or_404 findUniqueOrThrow findFirstOrThrow".split()
)
TOKEN_WORD = Names(
    r"(?i)^(?!.*(?:push|fcm|apns|device|expo|csrf|mint|contract|address))(?:\w*token(?:_?hash)?|\w*otp|\w*secret|\w*api_?key(?:_?hash)?|hashed_?\w*|"
    r"(?:reset|verif\w*|access|magic|invite|invitation|confirm\w*)_?(?:code|key|hash))$"
)
SHOWN_HEADER = re.compile(r"(?i)auth|token|secret|key|signature|passw|internal|cron|admin")
SECRET_WORD = Names(
    r"(?i)(?:token|secret|code|otp|pin|hash|digest|passw(?:or)?d|pass|key|signature|nonce|state)(?:\(\))?$"
)
FLAG = Names(r"(?:^|[._])(?i:is|can|has|may)(?:_\w+|[A-Z]\w*)$")
PLAIN_FLAG = Names(
    r"(?i)(?:^|[._])(?:is|has)_?(?:authenticated|active|anonymous|verified|confirmed|valid|enabled|email\w*|logged_?in|"
    r"signed_?in|banned|blocked|deleted|suspended|disabled|public|private|usable_password|changed|dirty|new|"
    r"online|(?:completed_?)?onboard\w*|complete\w*)$"
)
PLAN_WORD = Names(r"(?i)(?:^|[._])(?:plan|tier|is_?premium|is_?pro|subscri\w*|credits?|quota|balance|entitle\w*)$")

_IDENTITY = Names(
    r"(?:[aA]uth\(?\)?\.(?:getUser|get_user|getSession|get_session|getClaims|api\.getSession)|getServerSession|getServerAuthSession|"
    r"unstable_getServerSession|(?:^|[/.])auth|currentUser|getAuth|verifyIdToken|verify_id_token|getToken|jwtVerify|"
    r"jsonwebtoken\.verify|jws\.verify|(?:^|[./])jwt\.verify|cloudflare-worker-jwt(?:\.default)?\.verify|jwt\(\)\.verify\w*|validateRequest|validateSession(?:Token)?|getIronSession|"
    r"verify_jwt_in_request|get_jwt_identity|get_jwt|get_current_user|jose\.jwt\.decode|(?:^|\.)jwt\.decode|"
    r"jwt\(\)\.decode|useUser|useSession|useAuth|authenticateRequest|verifyToken|getUserFromRequest|auth\(\)\.protect|"
    r"jwtService\.verify\w*|JwtService\(\)\.verify\w*|getSupabaseUser|(?:req|request)\.(?:\w*J|j)wtVerify)$"
)
_UNVERIFIED = Names(
    r"(?:jsonwebtoken\.decode|jws\.decode|jwt-decode(?:\.\w+)?|jwtDecode|decodeJwt|jose\.decodeJwt|get_unverified_claims|"
    r"get_unverified_header|decode_token_unverified)$"
)
_THROWS = Names(
    r"(?:jwtVerify|jsonwebtoken\.verify|(?:^|[./])jwt\.verify|jwt\(\)\.verify|verifyIdToken|verify_id_token|"
    r"jose\.jwt\.decode|(?:^|\.)jwt\.decode|auth\(?\)?\.protect|verify_jwt_in_request|\w*JwtVerify|jwtVerify|"
    r"JwtService\(\)\.verify\w*)$"
)
SIGNATURE = Names(
    r"(?i)(?:construct_?event(?:async)?|timing_?safe_?equal|compare_digest|verify_?(?:webhook|signature|hmac|square|stripe|payload)"
    r"\w*|(?:is|check|validate)_?(?:valid_?)?\w*signature\w*|webhook\w*\(\)\.verify|webhooks\.(?:verify|unwrap)|subtle\.verify|"
    r"verify_payment_signature|signature_?matches|verify_header|verifySignature\w*|verify\w*Webhook\w*)$"
)
_SIGNATURE_THROWS = Names(
    r"(?i)(?:construct_?event(?:async)?|webhook\w*\(\)\.verify|webhooks\.(?:verify|unwrap)|verify_webhook_signature|"
    r"verify_payment_signature|verify_header)$"
)
ROLE_CALL = Names(
    r"(?i)(?:^|[._])(?:is_?admin\w*|has_?role\w*|check_?role\w*|has_?permission\w*|has_?perms?|has_module_perms|require_?role|require_?admin\w*|"
    r"is_?moderator|is_?super_?admin|verify_?admin|check_?admin\w*|ensure_?admin\w*|admin_?only|authorize_?roles?|"
    r"restrict_?to|roles?_?guard|allow_?roles?|admin_?required|staff_member_required|user_passes_test|permission_required|"
    r"roles_?(?:required|accepted)|permissions_?(?:required|accepted))$"
)
LOGIN_CALL = Names(
    r"(?i)(?:^|[._])(?:is_?authenticated|is_?logged_?in|require_?(?:auth|login|user|session|signed_?in)\w*|"
    r"ensure_?(?:auth|logged_?in|user)\w*|authenticate\w*|verify_?(?:token|jwt|auth|session|access_?token)\w*|"
    r"login_?required|jwt_?required|auth_?(?:required|guard|middleware|check)|check_?(?:auth|token|jwt)\w*|"
    r"protect(?:ed)?|with_?auth\w*|requires?_?auth\w*|jwt_?auth\w*|token_?required|auth_?user|"
    r"session_?required|current_active_user|get_current_(?:active_)?(?:user|account|member|creator)\w*|fresh_jwt_required|"
    r"authGuard\(?\)?|jwtAuthGuard|bearerAuth|basicAuth|express-?jwt|auth|jwt|passport)$"
)
SIGNED_IN = Names(r"(?i)(?:^|[._])(?:is_?authenticated|is_?logged_?in|is_?signed_?in)(?:\(\))?$")
VALIDATION_CALL = Names(
    r"(?i)(?:^|[._])(?:z_?validator|celebrate|check_?schema|validate_?(?:request|body|schema|resource|input)?|\w+validator)$"
)
_VALIDATES_OR_THROWS = Names(
    r"(?i)^(?:zod|yup|joi|@hapi/joi|valibot|superstruct|drizzle-zod|typia|ajv|@sinclair/typebox|arktype|myzod|runtypes)\b.*"
    r"(?:\.|^\w+\.)(?:parse|parseAsync|assert|validateSync|cast|attempt|validateAsync|create)$"
)
RATE_LIMIT = Names(r"(?i)(?:rate_?limit\w*|limiter\w*|throttle\w*|slow_?down|check_?limit|limit)$")
COUNTS_CALLS = Names(r"(?i)rate_?limit|(?:take|spend|consume)_\w*(?:call|request|quota|credit)s?$|count_\w*calls?$")
VALIDATES = Names(
    r"(?:parse|safeParse|parseAsync|safeParseAsync|validate|validateAsync|validateSync|cast|model_validate)$"
)
ENDS = Names(
    r"(?:process\.exit|Deno\.exit|sys\.exit|(?:^|\.)redirect|permanentRedirect|(?:^|navigation\.)notFound|unauthorized|forbidden|abort|"
    r"next/navigation\.\w+)$"
)
REMOTE = Names(
    r"^(?:fetch|axios|got|ky|node-fetch|requests|httpx|aiohttp|urllib|undici|stripe|razorpay|paypal|square|resend|nodemailer|"
    r"@sendgrid|twilio|postmark|mailgun|aws-sdk|@aws-sdk|googleapis)\b"
)
_MODEL = Names(
    r"(?:chat\.completions\.create|completions\.create|messages\.(?:create|stream)|responses\.create|generateContent\w*|"
    r"generate_content\w*|\bgenerateText|\bstreamText|\bgenerateObject|\bstreamObject|images\.generate|LlmChat\(\)\.send_message|"
    r"ChatOpenAI\(\)\.\w+|chatCompletion\w*|embeddings\.create|sendMessage(?:Stream)?|responses\.stream)$"
)
MODEL_URL = Names(
    r"(?i)(?:api\.openai\.com|api\.anthropic\.com|ai\.gateway\.lovable|generativelanguage\.googleapis|openrouter\.ai|"
    r"api\.groq\.com|api\.mistral\.ai|api\.deepseek\.com|api\.together\.|api\.perplexity\.ai|api\.replicate\.com|"
    r"api-inference\.huggingface|api\.x\.ai|api\.cohere|elevenlabs\.io|api\.stability\.ai|fal\.run)"
)
# Ways to handle a list of rows, or a driver's answer, that lead to the same rows.
SAME_ROWS = frozenset(
    "data rows [] length get map filter find forEach reduce some every sort slice flatMap flat at pop shift concat "
    "reverse toSorted toReversed scalars scalar scalar_one scalar_one_or_none one_or_none fetchone fetchall unique "
    "mappings toObject toJSON lean "
    "exec to_list dict model_dump copy then catch finally recordset".split()
)
# Classes of apps and routers that an app may make classes of its own from.
ROUTERS = Names(
    r"^(?:(?:flask|quart|apiflask|flask_openapi3|flask_smorest|flask_restful|flask_restx|flask_restplus)(?:\.\w+)*\."
    r"(?:Flask|Quart|APIFlask|OpenAPI|Blueprint|Api|Namespace)|rest_framework(?:_nested|_extensions)?(?:\.\w+)*\.\w*Router|"
    r"fastapi(?:\.\w+)*\.(?:FastAPI|APIRouter)|@?hono(?:/[\w-]+)*\.(?:Hono|OpenAPIHono))$"
)
# Wrappers that give back the function that they are handed.
WRAPS = Names(
    r"(?i)(?:useMemo|useCallback|^react\.cache|^cache|memo|(?:^|\.)(?:express-)?async-?handler|catch-?async|express-async-\w+|fastify-plugin|"
    r"^fp|async-?wrap(?:per)?|hono/factory\.createMiddleware|createMiddleware|factory\(\)\.createMiddleware|defineEventHandler|"
    r"unstable_cache|with(?:Sentry|Axiom|Logging|Logger|Error\w*|Tracing|Cors)\w*|wrap(?:Route|Api|Server)\w*WithSentry)$"
)
# Calls that keep a function that they are handed for later.
KEEPS = Names(r"^fastapi(?:\.\w+)*\.(?:Depends|Security)$|^functools\.(?:wraps|update_wrapper)")
# Calls that answer with one row.
ONE_ROW = frozenset(
    "get first one one_or_none scalar scalar_one scalar_one_or_none find_one findOne findById findUnique findFirst "
    "findUniqueOrThrow findFirstOrThrow findByPk get_or_404 first_or_404 get_object_or_404 one_or_404 get_or_none "
    "fetchrow "
    "fetch_one single maybeSingle maybe_single".split()
)
# Ways to put something into a list.
GROWS = frozenset({"push", "unshift", "append"})
# Methods that give back the same text in another form.
SAME_TEXT = frozenset(
    "strip lstrip rstrip lower upper encode decode trim toString toLowerCase toUpperCase get_secret_value".split()
)
# Ways to make a list of a setting ("one,two"), and to go on with it.
PARTS_OF_TEXT = frozenset("split map filter".split())
LOOPING = frozenset("map forEach flatMap filter reduce some every find findIndex".split())


# Django's answers that say their status by their name.
STATUS = {
    "HttpResponseRedirect": 302,
    "HttpResponsePermanentRedirect": 301,
    "HttpResponseBadRequest": 400,
    "HttpResponseForbidden": 403,
    "HttpResponseNotFound": 404,
    "HttpResponseNotAllowed": 405,
    "HttpResponseGone": 410,
    "HttpResponseServerError": 500,
}

_SHARED = {
    "flask.request": Value(name="request"),
    "quart.request": Value(name="request"),
    "connexion.request": Value(name="request"),
    "flask_login.current_user": Value(frozenset({"caller"}), "current_user"),
    "flask_jwt_extended.current_user": Value(frozenset({"caller"}), "current_user"),
    "flask_security.current_user": Value(frozenset({"caller"}), "current_user"),
    "flask.session": Value(frozenset({"caller"}), "session"),
    "quart.session": Value(frozenset({"caller"}), "session"),
    "quart.g": Value(name="flask.g"),
}


def shared(name: str) -> Value | None:
    """What a framework's global stands for: the request, the caller, his signed session."""
    return _SHARED.get(name)


def identity(step: Step) -> str:
    """`caller` for a call that answers who calls, `claim` for one that believes without verifying, else empty."""
    options = step.keywords.get("options") or (step.args[-1] if len(step.args) > 1 else None)
    unchecked = options is not None and options.fields is not None and "verify_signature" in options.fields
    if _UNVERIFIED.search(step.name) or (unchecked and step.name.endswith("decode")):
        return "claim"
    if step.name in ("atob", "Buffer.from", "base64.b64decode", "base64.urlsafe_b64decode") and any(
        o.lower() == "header.authorization" for a in step.args for o in a.origins
    ):
        return "claim"
    return "caller" if _IDENTITY.search(step.name) else ""


def refuses(step: Step) -> str:
    """The kind of guard that a call is by throwing where it does not like the caller; empty for the others."""
    if _SIGNATURE_THROWS.search(step.name):
        return "signature"
    if _VALIDATES_OR_THROWS.search(step.name) and any(v.is_input for a in step.args for v in a.deep()):
        return "validation"
    return "login" if _THROWS.search(step.name) and identity(step) != "claim" else ""


def is_model(step: Step) -> bool:
    """Whether a language model answers the call."""
    if _MODEL.search(step.name):
        return True
    first = step.args[0] if step.args else None
    return (step.name == "fetch" or step.method in ("post", "fetch")) and bool(first and MODEL_URL.search(plain(first)))


def plain(value: Value) -> str:
    """The text that is known of a value: a literal, or the literal pieces of a template."""
    if value.constant is not None:
        return str(value.constant)
    return "".join(plain(v) for v in value.operands) if value.op == "text" else ""

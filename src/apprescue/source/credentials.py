"""Files that exist to hold credentials, read by their format.

Detection engines know what keys look like, not where programs keep passwords. Each row of the table is one format:
which file, what it holds, and where in it the secret stands. Everything found here is a secret by its position, weak
or not, unless it is a reference to something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and its line. `what` says in words what it is."""

    value: str
    line: int
    what: str


Parser = Callable[[str], Iterator[tuple[str, int]]]


def _lines(pattern: str, flags: int = 0) -> Parser:
    """The first group of a pattern, wherever it matches; the line is that of the group."""
    compiled = re.compile(pattern, flags | re.M)

    def parse(text: str) -> Iterator[tuple[str, int]]:
        for found in compiled.finditer(text):
            group = next(i for i in range(1, compiled.groups + 1) if found[i] is not None)
            yield found[group], text.count("\n", 0, found.start(group)) + 1

    return parse


_MASTER = (
    r"(?:^|/)(?:(?:master|production|development|staging|credentials|secret|encryption|session)\.key|\.vault[-_]token"
    r"|\.?vault[-_]pass(?:word)?(?:\.txt)?|secret[-_]?key(?:\.txt)?|\.secret[-_]?key|secret_key_base)$"
)
_HASH = r"(?:\$(?:apr1|2[abxy]?|1|5|6|y|7|argon2\w*|P|H|S|pbkdf2\w*|scrypt)\$|\{\w+\})[^\s:,'\"]{8,}"
_QUOTED = r"[\"']?([^\s\"'#]{2,})[\"']?"

FORMATS: tuple[tuple[str, str, Parser], ...] = (
    (r"(?:^|/)[._]?netrc$|\.netrc$", "password", _lines(r"\bpassword\s+(\S+)")),
    (r"(?:^|/)\.?pgpass(?:\.conf)?$", "database password", _lines(r"^[^#\n:]*:[^:\n]*:[^:\n]*:[^:\n]*:(.+)$")),
    (
        r"(?:^|/)\.?git-credentials$",
        "password of a git server",
        _lines(r"^\w+://[^:/\s]+(?:@[^:/\s]+)?:(\S+)@[^@\s]+$"),
    ),
    (
        r"(?:^|/)\.?(?:ht(?:passwd|digest)|[\w.-]*htpasswd[\w.-]*)$",
        "password hash",
        _lines(r"^[^#:\n]+:(?:[^:\n]+:)?(\S{6,})$"),
    ),
    (
        r"(?:^|/)(?:g?shadow|(?:master\.|(?:pro)?ftpd?\.?|vsftpd?[\w.]*)?passwd|users\.pwd)(?:-|\.\w+)?$|passw(?:or)?ds?$",
        "password hash",
        _lines(rf"^[\w.@-]+:({_HASH}|[./0-9A-Za-z]{{13}})(?::|$)"),
    ),
    (
        _MASTER,
        "master key",
        _lines(r"\A\s*([^\s<>{}]{8,})\s*\Z"),
    ),
    (
        r"(?:^|/)\.?docker(?:cfg|/config\.json|config\.json|configjson)$|(?:^|/)auth\.json$|(?:^|/)config\.json$",
        "registry password",
        _lines(r"\"(?:auth|identitytoken|registrytoken)\"\s*:\s*\"([A-Za-z0-9+/=_.-]{8,})\""),
    ),
    (
        r"(?:^|/)(?:logins|signons)[\w.-]*\.json$",
        "saved browser login",
        _lines(r"\"encrypted(?:Username|Password)\"\s*:\s*\"([^\"]+)\""),
    ),
    (
        r"(?:^|/)(?:file[zZ]illa|sitemanager|recentservers|filezilla)[\w.-]*\.xml$",
        "password of an FTP server",
        _lines(r"<Pass(?:word)?(?:\s[^>]*)?>([^<]+)</Pass", re.I),
    ),
    (
        r"\.(?:xml|config|jsp)$",
        "password",
        _lines(r"\b(?:\w*password|passwd|pwd|secret(?:Key)?)=\"([^\"${}%]{3,})\"", re.I),
    ),
    (
        r"\.(?:xml|config)$",
        "password",
        _lines(
            r"<(?:\w+:)?(?:\w*password|passwd|pass|passphrase|secret|apiToken|privateKey)(?:\s[^>]*)?>"
            r"([^<${}\s]{3,})</",
            re.I,
        ),
    ),
    (
        r"\.(?:config|xml|json|ini|properties|ya?ml|cs|conf)$",
        "password of a database",
        _lines(
            r"(?:Server|Data Source|Host|Initial Catalog|Database|User Id|Uid)=[^\"'\n]{0,300}?;"
            r"\s*(?:Password|Pwd)\s*=\s*([^;\"'${}\s]{3,})",
            re.I,
        ),
    ),
    (
        r"(?:^|/)\.?(?:esmtp|msmtp|mailrc|fetchmail|mutt|getmail|mbsync|offlineimap|isync|popper|neomutt|nail|smtp)[\w.]*(?:rc|\.conf)?$",
        "password of a mail server",
        _lines(rf"^[^#\n]{{0,120}}?\b\w{{0,30}}pass(?:word|wd)?[ \t]*[= \t][ \t]*{_QUOTED}"),
    ),
    (
        r"(?:^|/)\.?(?:irssi|weechat|hexchat|xchat|znc|ircrc|irc|sic|epic)[\w./-]*$|(?:^|/)(?:irc|znc|bot)\.(?:conf|cfg)$",
        "password of a chat server",
        _lines(r"\b(?:\w*password|\w*pass|passwd)\s*[= \t]\s*[\"']?([^\s\"';]{3,})", re.I),
    ),
    (
        r"(?:^|/)(?:wpa_supplicant|[\w.-]*\.nmconnection|hostapd|iwd)[\w.-]*$",
        "password of a wireless network",
        _lines(r"\b(?:psk|wpa_passphrase|password|Passphrase)\s*=\s*\"?([^\s\"#]{8,})"),
    ),
    (
        r"(?:^|/)wg\d*\.conf$|\.(?:wg|wireguard)\.conf$|\.conf$",
        "private key of a tunnel",
        _lines(r"^\s*(?:PrivateKey|PresharedKey)\s*=\s*([A-Za-z0-9+/]{42,44}=?)"),
    ),
    (
        r"(?:^|/)(?:\.?my|mysql|\.mylogin|client)\.cnf$|(?:^|/)\.my\.cnf$",
        "database password",
        _lines(rf"^\s*password\s*=\s*{_QUOTED}"),
    ),
    (
        r"(?:^|/)\.?(?:smb|cifs|davfs2?)[\w.-]*(?:credentials|secrets)?$",
        "password of a file server",
        _lines(r"^\s*password\s*=\s*(\S+)"),
    ),
    (
        r"(?:^|/)(?:chap|pap)-secrets$|(?:^|/)ipsec\.secrets$",
        "password of a tunnel",
        _lines(r"^[^#\n]*?\S+\s+\S+\s+[\"']?([^\s\"']{3,})[\"']?|PSK\s+\"([^\"]+)\""),
    ),
    (
        r"(?:^|/)\.?(?:bash|zsh|sh|mysql|psql|python|node_repl)_history$|\.(?:sh|bash|zsh|bat|cmd|ps1)$|(?:^|/)(?:Makefile|Dockerfile[\w.-]*)$",
        "password on a command line",
        _lines(
            r"\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;&]{0,200}?\s-p([^\s\"'$-][^\s\"'$]{2,})"
            r"|\bsshpass\s+-p\s*[\"']?([^\s\"'$]{3,})"
            r"|\bcurl\b[^\n|;]{0,300}?\s(?:-u|--user)[ =]?[\"']?[\w.@-]+:([^\s\"'$<{]{3,})"
            r"|\bPGPASSWORD=[\"']?([^\s\"'$]{3,})"
            r"|\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+[\"']?([^\s\"'$]{3,})|\becho\s+[\"']?\w+:([^\s\"'$|]{3,})[\"']?\s*\|\s*chpasswd"
        ),
    ),
    (r"\.sql(?:\.\w+)?$|(?:^|/)[\w.-]*dump[\w.-]*$", "password hash of a person", _lines(rf"'({_HASH})'")),
    (
        r"\.sql(?:\.\w+)?$",
        "database password",
        _lines(
            r"(?:IDENTIFIED\s+(?:WITH\s+\w+\s+)?BY|(?:CREATE|ALTER)\s+(?:USER|ROLE)\s+[^;]{1,80}?\bPASSWORD)\s+'([^'${}:<]{3,})'",
            re.I,
        ),
    ),
    (r"\.ldif$", "password hash", _lines(r"^userPassword::?\s*(\S+)", re.I)),
    (
        r"\.(?:xml|config)$",
        "password",
        _lines(
            r"\b(?:key|name)=\"[^\"]{0,40}(?:password|passwd|secret|token|api_?key)[^\"]{0,20}\"\s+value=\"([^\"${}%]{3,})\"",
            re.I,
        ),
    ),
    (r"\.xml$", "password", _lines(r"<\w*Password>\s*<Value>([^<]{3,})</Value>")),
    (
        r"\.json$",
        "access key",
        _lines(
            r"\"key\"\s*:\s*\"[^\"]{0,40}(?:token|secret|password|api_?key)\"\s*,\s*\"value\"\s*:\s*\"([^\"{}\s]{6,})\"",
            re.I,
        ),
    ),
    (
        r"(?:^|/)Dockerfile[\w.-]*$",
        "access key",
        _lines(r"^(?:ENV|ARG)\s+\w*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_KEY|SECRET_KEY)[ =]\s*[\"']?([^\s\"'${]{6,})"),
    ),
    (r"(?:^|/)svn\.simple/", "password of a code server", _lines(r"^password\nV \d+\n(.+)$")),
    (
        r"(?:^|/)(?:auth-user-pass|vpn-auth|vpn-credentials|login|userpass|up)\.(?:txt|conf)$",
        "password of a tunnel",
        _lines(r"\A\S+\n(\S{4,})\s*\Z"),
    ),
    (
        r"\.ppk$|(?:^|/)[\w.-]*putty[\w.-]*$",
        "private key",
        _lines(r"^(PuTTY-User-Key-File-\d+: .+)$(?=[\s\S]*^Private-Lines:)"),
    ),
    (
        r"\.(?:cfg|conf|txt|ios|config)$|(?:confg?)$",
        "password of a network device",
        _lines(
            r"^\s*(?:enable (?:secret|password)|username \S+ (?:privilege \d+ )?(?:secret|password)"
            r"|snmp-server community)\s+(?:\d\s+)?(\S+)"
        ),
    ),
    (r"\.rdp$", "saved password", _lines(r"^password 51:b:([0-9A-F]{16,})", re.I)),
    (r"\.pcf$", "password of a tunnel", _lines(r"^!?(?:enc_)?(?:GroupPwd|UserPassword)=(\S+)", re.I)),
    (
        r"(?:^|/)\.?(?:pypirc|hgrc|s3cfg|boto|rclone\.conf|netrc\.ini|tugboat|knife\.rb|aws/credentials)$",
        "password",
        _lines(
            r"^\s*(?:password|passwd|pass|secret_key|secret_access_key|token|client_secret)\s*[:=]\s*([^\s$<{]{3,})"
        ),
    ),
)
CALLS: tuple[tuple[tuple[str, ...], str, Parser], ...] = (
    (
        ("login(", "log_in(", "authenticate(", "signin("),
        "password in a login call",
        _lines(
            r"\.(?:login|log_in|authenticate|signin)\(\s*[\"'][^\"'\s]+@[^\"'\s]+[\"']\s*,\s*[\"']([^\"'\s]{4,})[\"']"
        ),
    ),
    (
        ("createHmac(", "hmac.new(", "cookieParser("),
        "secret that signs",
        _lines(
            r"\b(?:createHmac\(\s*[\"'][\w-]+[\"']\s*,|hmac\.new\(|cookieParser\()\s*b?[\"'](?!\w+-(?:salt|log|hash)[\"'])([^\"'\s${}]{3,})[\"']"
        ),
    ),
    (
        ("session(",),
        "secret that signs",
        _lines(r"\bsession\(\s*\{[^{}]{0,200}?\bsecret\s*:\s*[\"']([^\"'\n${}]{3,})[\"']"),
    ),
    (
        ("jwt.", "JWT.", "jsonwebtoken.", "jws."),
        "secret that signs",
        _lines(
            r"\b(?:jwt|JWT|jsonwebtoken|jws)\.(?:sign|verify|encode|decode)\(\s*(?:[\w.\[\]]+|\{[^{}]*\})\s*,\s*[\"']([^\"'\s${}]{3,})[\"']"
        ),
    ),
)
_CODE = re.compile(r"\.(?:[cm]?[jt]sx?|py|rb|php|go|java|vue|svelte)$")
_ANY = re.compile("|".join(path for path, _, _ in FORMATS))
_FORMATS = tuple((re.compile(path), what, parse) for path, what, parse in FORMATS)


def credentials(path: str, text: str) -> Iterator[Credential]:
    """The secrets that stand in a file by its format; nothing for files of other formats."""
    if _CODE.search(path):
        for marks, what, parse in CALLS:
            if any(mark in text for mark in marks):
                yield from (Credential(value, line, what) for value, line in parse(text))
        return
    if not _ANY.search(path):
        return
    for pattern, what, parse in _FORMATS:
        if pattern.search(path):
            for value, line in parse(text):
                if not _REFERENCE.search(value):
                    yield Credential(value, line, what)


_REFERENCE = re.compile(
    r"^\$(?![0-9a-zA-Z]{1,8}\$)|^[%<!]|^\{(?!\w+\}\S)|^\*+$|^x+$|\$\{|\{\{|^(?:!|\*|x|nil|null|none|true|false)$", re.I
)


def is_credential_file(path: str) -> bool:
    """Whether a file is one of the known formats; the wide ones (any .xml, .sql, script) do not count."""
    return any(pattern.search(path) for pattern, _, _ in _FORMATS if not pattern.pattern.startswith("\\."))

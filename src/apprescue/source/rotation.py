"""How to replace a secret of each provider, step by step. New provider: one entry."""

from __future__ import annotations

ROTATION: dict[str, str] = {
    "Stripe": (
        "In Stripe's dashboard under Developers, API keys, roll the key (choose 'now'), put the new one into the "
        "host's secret settings, and look through the logs of the old key for calls that are not yours."
    ),
    "Supabase": (
        "In Supabase under Project Settings, API keys, make a new secret key, put it into the server's secret "
        "settings, then disable the old one (for the old service_role token: change the JWT secret, which also "
        "renews the anon key)."
    ),
    "OpenAI": (
        "On platform.openai.com under API keys revoke the key, make a new one for the server only, and set a "
        "monthly limit."
    ),
    "Anthropic": (
        "On console.anthropic.com under API keys disable the key, make a new one for the server only, and set a "
        "spend limit."
    ),
    "OpenRouter": ("On openrouter.ai under Keys delete the key and make a new one with a credit limit."),
    "Resend": (
        "On resend.com under API Keys delete the key, make a new one with 'sending access' for your domain only, "
        "and put it into the server's secret settings."
    ),
    "SendGrid": ("In SendGrid under Settings, API Keys, delete the key and make a new one with only 'Mail Send'."),
    "AWS": (
        "In IAM make a second access key, put it into the server's secret settings, set the old one inactive, then"
        " delete it; look at CloudTrail for calls that are not yours."
    ),
    "GitHub": (
        "On github.com under Settings, Developer settings, delete the token and make a fine-grained one with the "
        "least rights; look at the security log."
    ),
    "GitLab": (
        "In GitLab under Preferences, Access tokens, revoke the token and make a new one with the least scopes."
    ),
    "Slack": (
        "On api.slack.com/apps revoke the token (OAuth & Permissions) or delete the webhook address, and make a "
        "new one."
    ),
    "Google": (
        "In the Google Cloud console under APIs & Services, Credentials, make a new key restricted to the APIs and"
        " the sites or servers that use it, then delete the old one."
    ),
    "Neon": (
        "In Neon's console under Roles reset the password of the role, then put the new address into the server's "
        "secret settings; look for rows that you did not write."
    ),
    "MongoDB": ("In Atlas under Database Access change the user's password and limit Network Access to your servers."),
    "a database": (
        "Change the password of the database user, put the new address into the server's secret settings, and look"
        " for rows that you did not write."
    ),
    "a private key": (
        "Make a new key pair, replace the public half wherever it is trusted (servers, certificate authority, app "
        "store), and revoke the old one."
    ),
    "a session": ("End the session (sign out everywhere, or change the secret that signs tokens) and delete the file."),
    "npm": (
        "On npmjs.com under Access Tokens delete the token, make a granular one, and check the published versions "
        "of your packages."
    ),
    "Hugging Face": ("On huggingface.co under Settings, Access Tokens, invalidate the token and make a new one."),
    "PayPal": (
        "On developer.paypal.com under Apps & Credentials make a new secret, put it into the server's secret "
        "settings and delete the old one."
    ),
    "Twilio": (
        "In Twilio's console promote a secondary auth token or delete the API key, and look at the usage of the "
        "last days."
    ),
}
_ANYBODY = "Make a new one where it was issued, put it into the server's secret settings, and disable the old one."
_OWN = "Choose a new one, put it into the server's secret settings, and change it wherever it is used."


def rotation(provider: str) -> str:
    """What to do to replace a secret of a provider ("your own" for one that the app's makers chose)."""
    return ROTATION.get(provider, _OWN if provider == "your own" else _ANYBODY)

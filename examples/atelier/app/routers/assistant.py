import httpx
from fastapi import APIRouter, Request

from app.config import settings
from app.deps import SignedIn
from app.limits import limiter
from app.schemas import BriefIn

router = APIRouter(prefix="/assistant", tags=["assistant"])
CHAT = "https://api.openai.com/v1/chat/completions"


@router.post("/brief")
async def write_brief(data: BriefIn, user: SignedIn) -> dict[str, str]:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            CHAT,
            headers={"Authorization": f"Bearer {settings.openai_api_key}"},
            json={
                "model": "gpt-4o-mini",
                "messages": [
                    {"role": "system", "content": f"Write a brief for an artist in a {data.tone} tone about: {data.text}"}
                ],
            },
            timeout=None,
        )
    return {"brief": answer.json()["choices"][0]["message"]["content"]}


@router.post("/title")
@limiter.limit("20/day")
async def suggest_title(request: Request, data: BriefIn, user: SignedIn) -> dict[str, str]:
    async with httpx.AsyncClient(timeout=20) as client:
        answer = await client.post(
            CHAT,
            headers={"Authorization": f"Bearer {settings.openai_api_key}"},
            json={
                "model": "gpt-4o-mini",
                "max_tokens": 40,
                "messages": [
                    {"role": "system", "content": "Suggest one short title for a commissioned artwork."},
                    {"role": "user", "content": data.text},
                ],
            },
        )
    answer.raise_for_status()
    return {"title": answer.json()["choices"][0]["message"]["content"]}

export const config = { runtime: "edge" };

export default async function handler(request: Request) {
  const { mood } = await request.json();
  const answer = await fetch("https://api.openai.com/v1/chat/completions", {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o-mini", max_tokens: 200, messages: [{ role: "user", content: `Three books for this mood: ${mood}` }] }),
  });
  return new Response(answer.body, { headers: { "Content-Type": "application/json" } });
}

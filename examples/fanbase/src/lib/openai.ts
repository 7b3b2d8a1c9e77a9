import OpenAI from "openai";

const openai = new OpenAI({
  apiKey: import.meta.env.VITE_OPENAI_API_KEY,
  dangerouslyAllowBrowser: true,
});

export async function suggestHashtags(caption: string): Promise<string[]> {
  const answer = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [
      { role: "system", content: "Suggest five hashtags for a caption. Answer with the hashtags only." },
      { role: "user", content: caption },
    ],
  });
  return (answer.choices[0].message.content ?? "").split(/\s+/).filter(Boolean);
}

import { sql } from "@vercel/postgres";

export async function GET(request: Request) {
  const secret = process.env.CRON_SECRET;
  if (!secret || request.headers.get("authorization") !== `Bearer ${secret}`) {
    return new Response("Unauthorized", { status: 401 });
  }
  const { rowCount } = await sql`insert into weekly_picks (book_id) select id from books order by random() limit 5`;
  return Response.json({ picked: rowCount });
}

const { createClient } = require("@supabase/supabase-js");

const db = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);

exports.handler = async (event, context) => {
  const { user } = context.clientContext;
  if (!user) return { statusCode: 401, body: "Please sign in" };
  const roles = user.app_metadata.roles || [];
  if (!roles.includes("conductor")) return { statusCode: 403, body: "Conductors only" };
  if (event.httpMethod === "DELETE") {
    await db.from("memberships").delete().eq("id", event.queryStringParameters.id);
    return { statusCode: 204, body: "" };
  }
  const { data } = await db.from("memberships").select("id, singer_id, paid_until").limit(200);
  return { statusCode: 200, body: JSON.stringify(data) };
};

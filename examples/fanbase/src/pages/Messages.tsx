import { useState } from "react";
import { toast } from "sonner";
import { Layout } from "@/components/dashboard/Layout";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { useAuth } from "@/hooks/useAuth";
import { useConversations, useSendMessage, useThread } from "@/hooks/useMessages";
import { ago } from "@/lib/format";
import { call } from "@/lib/functions";
import { cn } from "@/lib/utils";

export default function Messages() {
  const { user } = useAuth();
  const [open, setOpen] = useState<string | null>(null);
  const [draft, setDraft] = useState("");
  const { data: conversations = [] } = useConversations();
  const { data: thread = [] } = useThread(open);
  const send = useSendMessage();

  const suggest = async () => {
    try {
      const last = thread[thread.length - 1];
      const { reply } = await call<{ reply: string }>("suggest-reply", { message: last?.body, style: "warm" });
      setDraft(reply);
    } catch (error) {
      console.error("no suggestion", error);
      toast.error("No reply could be suggested.");
    }
  };

  return (
    <Layout title="Messages">
      <div className="grid grid-cols-3 gap-6">
        <ul>
          {conversations.map((conversation) => (
            <li key={conversation.id}>
              <button className="w-full rounded-md p-3 text-left hover:bg-muted" onClick={() => setOpen(conversation.id)}>
                <p className="font-medium">
                  {conversation.subject} {conversation.unread > 0 && <Badge>{conversation.unread}</Badge>}
                </p>
                <p className="truncate text-sm text-muted-foreground">{conversation.preview}</p>
                <p className="text-xs text-muted-foreground">{ago(conversation.last_message_at)}</p>
              </button>
            </li>
          ))}
        </ul>
        <div className="col-span-2 flex flex-col gap-3">
          {thread.map((message) => (
            <p
              key={message.id}
              className={cn("max-w-md rounded-lg p-3", message.sender_id === user?.id ? "self-end bg-primary/10" : "bg-muted")}
            >
              {message.body}
            </p>
          ))}
          {open && (
            <>
              <Textarea value={draft} onChange={(e) => setDraft(e.target.value)} />
              <div className="flex gap-2">
                <Button
                  onClick={() => send.mutate({ conversationId: open, body: draft }, { onSuccess: () => setDraft("") })}
                >
                  Send
                </Button>
                <Button variant="outline" onClick={suggest}>
                  Suggest a reply
                </Button>
              </div>
            </>
          )}
        </div>
      </div>
    </Layout>
  );
}

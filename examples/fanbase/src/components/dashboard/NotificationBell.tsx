import { Bell } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useNotifications } from "@/hooks/useNotifications";

export function NotificationBell() {
  const { unread, markAllRead } = useNotifications();
  return (
    <Button variant="outline" size="icon" onClick={markAllRead} aria-label={`${unread.length} new notifications`}>
      <Bell className="h-4 w-4" />
      {unread.length > 0 && <span className="text-xs">{unread.length}</span>}
    </Button>
  );
}

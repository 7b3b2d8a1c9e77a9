import { Coins, Home, LayoutList, Mail, MessageCircle, Settings, Sparkles, Users } from "lucide-react";
import type { ReactNode } from "react";
import { NavLink } from "react-router-dom";
import { NotificationBell } from "@/components/dashboard/NotificationBell";
import { Button } from "@/components/ui/button";
import { useAuth } from "@/hooks/useAuth";
import { cn } from "@/lib/utils";

const links = [
  { to: "/dashboard", label: "Overview", icon: Home },
  { to: "/posts", label: "Posts", icon: LayoutList },
  { to: "/subscribers", label: "Subscribers", icon: Users },
  { to: "/campaigns", label: "Campaigns", icon: Mail },
  { to: "/messages", label: "Messages", icon: MessageCircle },
  { to: "/captions", label: "Captions", icon: Sparkles },
  { to: "/payouts", label: "Payouts", icon: Coins },
  { to: "/settings", label: "Settings", icon: Settings },
];

export function Layout({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  const { signOut } = useAuth();
  return (
    <div className="flex min-h-screen">
      <nav className="w-56 border-r border-border p-4">
        <p className="mb-6 text-xl font-bold text-primary">Fanbase</p>
        {links.map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            to={to}
            className={({ isActive }) =>
              cn("flex items-center gap-2 rounded-md px-3 py-2 text-sm", isActive && "bg-muted font-medium")
            }
          >
            <Icon className="h-4 w-4" /> {label}
          </NavLink>
        ))}
        <Button variant="ghost" size="sm" className="mt-6" onClick={signOut}>
          Sign out
        </Button>
      </nav>
      <main className="flex-1 p-8">
        <header className="mb-6 flex items-center justify-between">
          <h1 className="text-2xl font-semibold">{title}</h1>
          <div className="flex items-center gap-2">
            {action}
            <NotificationBell />
          </div>
        </header>
        {children}
      </main>
    </div>
  );
}

import { Navigate, Outlet, useLocation } from "react-router-dom";
import { useAuth } from "@/hooks/useAuth";

export function RequireAuth() {
  const { user, loading } = useAuth();
  const location = useLocation();
  if (loading) return <p className="p-8 text-muted-foreground">One moment…</p>;
  if (!user) return <Navigate to="/auth" state={{ from: location.pathname }} replace />;
  return <Outlet />;
}

// Only spares people a page that would stay empty: what an admin may do is decided by the database and the functions.
export function RequireAdmin() {
  const { user, isAdmin, loading } = useAuth();
  if (loading) return <p className="p-8 text-muted-foreground">One moment…</p>;
  if (!user || !isAdmin) return <Navigate to="/dashboard" replace />;
  return <Outlet />;
}

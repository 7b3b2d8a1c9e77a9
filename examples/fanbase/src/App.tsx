import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter, Route, Routes } from "react-router-dom";
import { Toaster } from "sonner";
import { RequireAdmin, RequireAuth } from "@/components/RequireAuth";
import { AuthProvider } from "@/hooks/useAuth";
import Admin from "@/pages/Admin";
import AdminPayouts from "@/pages/AdminPayouts";
import Auth from "@/pages/Auth";
import Campaigns from "@/pages/Campaigns";
import Captions from "@/pages/Captions";
import CreatorPage from "@/pages/CreatorPage";
import Dashboard from "@/pages/Dashboard";
import Discover from "@/pages/Discover";
import Index from "@/pages/Index";
import Messages from "@/pages/Messages";
import NotFound from "@/pages/NotFound";
import Payouts from "@/pages/Payouts";
import PostEditor from "@/pages/PostEditor";
import Posts from "@/pages/Posts";
import Settings from "@/pages/Settings";
import Subscribers from "@/pages/Subscribers";
import Team from "@/pages/Team";

const queryClient = new QueryClient();

const App = () => (
  <QueryClientProvider client={queryClient}>
    <AuthProvider>
      <Toaster richColors />
      <BrowserRouter>
        <Routes>
          <Route path="/" element={<Index />} />
          <Route path="/auth" element={<Auth />} />
          <Route path="/discover" element={<Discover />} />
          <Route path="/c/:handle" element={<CreatorPage />} />
          <Route element={<RequireAuth />}>
            <Route path="/dashboard" element={<Dashboard />} />
            <Route path="/posts" element={<Posts />} />
            <Route path="/posts/new" element={<PostEditor />} />
            <Route path="/subscribers" element={<Subscribers />} />
            <Route path="/payouts" element={<Payouts />} />
            <Route path="/campaigns" element={<Campaigns />} />
            <Route path="/messages" element={<Messages />} />
            <Route path="/captions" element={<Captions />} />
            <Route path="/settings" element={<Settings />} />
            <Route path="/team" element={<Team />} />
          </Route>
          <Route element={<RequireAdmin />}>
            <Route path="/admin" element={<Admin />} />
          </Route>
          <Route path="/admin/payouts" element={<AdminPayouts />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </BrowserRouter>
    </AuthProvider>
  </QueryClientProvider>
);

export default App;

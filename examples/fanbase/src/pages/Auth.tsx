import { type FormEvent, useState } from "react";
import { useLocation, useNavigate } from "react-router-dom";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { supabase } from "@/integrations/supabase/client";
import { confirmationLink, passwordResetLink } from "@/lib/links";

export default function Auth() {
  const navigate = useNavigate();
  const from = (useLocation().state as { from?: string } | null)?.from ?? "/dashboard";
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isNew, setIsNew] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { error } = isNew
      ? await supabase.auth.signUp({
          email,
          password,
          options: { emailRedirectTo: confirmationLink(), data: { display_name: email.split("@")[0] } },
        })
      : await supabase.auth.signInWithPassword({ email, password });
    if (error) return toast.error("That did not work. Please check e-mail and password.");
    navigate(from);
  };

  const forgotten = async () => {
    await supabase.auth.resetPasswordForEmail(email, { redirectTo: passwordResetLink() });
    toast.success("If the address is known, a letter is on its way.");
  };

  return (
    <main className="grid min-h-screen place-items-center">
      <Card className="w-96">
        <CardHeader>
          <CardTitle>{isNew ? "Create your account" : "Welcome back"}</CardTitle>
        </CardHeader>
        <CardContent>
          <form onSubmit={submit} className="flex flex-col gap-3">
            <Input type="email" placeholder="E-mail" value={email} onChange={(e) => setEmail(e.target.value)} required />
            <Input
              type="password"
              placeholder="Password"
              minLength={8}
              value={password}
              onChange={(e) => setPassword(e.target.value)}
              required
            />
            <Button type="submit">{isNew ? "Sign up" : "Sign in"}</Button>
            <Button type="button" variant="ghost" size="sm" onClick={() => setIsNew(!isNew)}>
              {isNew ? "I have an account" : "I am new here"}
            </Button>
            <Button type="button" variant="ghost" size="sm" onClick={forgotten}>
              I forgot my password
            </Button>
          </form>
        </CardContent>
      </Card>
    </main>
  );
}

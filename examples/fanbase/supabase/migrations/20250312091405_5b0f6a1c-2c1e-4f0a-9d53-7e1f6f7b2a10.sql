-- Profiles, roles and creator pages

CREATE TYPE public.app_role AS ENUM ('admin', 'moderator', 'creator', 'fan');

CREATE TABLE public.profiles (
  id UUID NOT NULL PRIMARY KEY REFERENCES auth.users(id) ON DELETE CASCADE,
  username TEXT NOT NULL UNIQUE,
  display_name TEXT,
  avatar_url TEXT,
  bio TEXT,
  email TEXT,
  phone TEXT,
  date_of_birth DATE,
  role TEXT NOT NULL DEFAULT 'fan',
  is_verified BOOLEAN NOT NULL DEFAULT false,
  stripe_customer_id TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Profiles are viewable by everyone"
ON public.profiles FOR SELECT
USING (true);

CREATE POLICY "Users can update own profile"
ON public.profiles FOR UPDATE
USING ((SELECT auth.uid()) = id)
WITH CHECK ((SELECT auth.uid()) = id);

CREATE TABLE public.user_roles (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES auth.users(id) ON DELETE CASCADE,
  role public.app_role NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  UNIQUE (user_id, role)
);

ALTER TABLE public.user_roles ENABLE ROW LEVEL SECURITY;

CREATE OR REPLACE FUNCTION public.has_role(_user_id UUID, _role public.app_role)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (SELECT 1 FROM public.user_roles WHERE user_id = _user_id AND role = _role)
$$;

CREATE POLICY "Users can view own roles"
ON public.user_roles FOR SELECT
TO authenticated
USING (user_id = (SELECT auth.uid()));

CREATE POLICY "Admins can manage roles"
ON public.user_roles FOR ALL
TO authenticated
USING (public.has_role((SELECT auth.uid()), 'admin'))
WITH CHECK (public.has_role((SELECT auth.uid()), 'admin'));

CREATE OR REPLACE FUNCTION public.is_admin()
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (SELECT 1 FROM public.profiles WHERE id = auth.uid() AND role = 'admin')
$$;

-- The public page of a creator. Wide on purpose: the page builder keeps all of its blocks here.
CREATE TABLE public.creator_profiles (
  user_id UUID NOT NULL PRIMARY KEY REFERENCES public.profiles(id) ON DELETE CASCADE,
  handle TEXT NOT NULL UNIQUE,
  headline TEXT,
  about TEXT,
  about_html TEXT,
  category TEXT,
  language TEXT NOT NULL DEFAULT 'en',
  country TEXT,
  banner_url TEXT,
  banner_position TEXT,
  intro_video_url TEXT,
  website TEXT,
  instagram TEXT,
  tiktok TEXT,
  youtube TEXT,
  accent_color TEXT,
  layout JSONB NOT NULL DEFAULT '[]'::jsonb,
  press_kit JSONB,
  welcome_message TEXT,
  faq JSONB,
  seo_title TEXT,
  seo_description TEXT,
  published BOOLEAN NOT NULL DEFAULT false,
  is_featured BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.creator_profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Published creator pages are public"
ON public.creator_profiles FOR SELECT
USING (published OR user_id = (SELECT auth.uid()));

CREATE POLICY "Creators can update own page"
ON public.creator_profiles FOR UPDATE
TO authenticated
USING (user_id = (SELECT auth.uid()))
WITH CHECK (user_id = (SELECT auth.uid()));

-- Featuring is up to the editors, so the owner may write the page's own blocks only.
REVOKE UPDATE ON public.creator_profiles FROM anon, authenticated;
GRANT UPDATE (headline, about, about_html, category, language, country, banner_url, banner_position, intro_video_url,
  website, instagram, tiktok, youtube, accent_color, layout, press_kit, welcome_message, faq, seo_title,
  seo_description, published) ON public.creator_profiles TO authenticated;

CREATE TABLE public.creator_applications (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  user_id UUID NOT NULL UNIQUE REFERENCES public.profiles(id) ON DELETE CASCADE,
  pitch TEXT NOT NULL,
  portfolio_url TEXT,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.creator_applications ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Applicants can view own application"
ON public.creator_applications FOR SELECT
TO authenticated
USING (user_id = (SELECT auth.uid()));

CREATE POLICY "Applicants can apply"
ON public.creator_applications FOR INSERT
TO authenticated
WITH CHECK (user_id = (SELECT auth.uid()) AND status = 'pending');

CREATE POLICY "Applicants can update own application"
ON public.creator_applications FOR UPDATE
TO authenticated
USING (user_id = (SELECT auth.uid()))
WITH CHECK (user_id = (SELECT auth.uid()));

CREATE OR REPLACE FUNCTION public.protect_application_status()
RETURNS TRIGGER
LANGUAGE plpgsql
SET search_path = public
AS $$
BEGIN
  IF NEW.status IS DISTINCT FROM OLD.status AND auth.role() <> 'service_role' THEN
    RAISE EXCEPTION 'Only the review team changes the status of an application';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER protect_application_status
BEFORE UPDATE ON public.creator_applications
FOR EACH ROW EXECUTE FUNCTION public.protect_application_status();

-- A profile and the role of a fan for everybody who signs up
CREATE OR REPLACE FUNCTION public.handle_new_user()
RETURNS TRIGGER
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
BEGIN
  INSERT INTO public.profiles (id, username, display_name, email, role)
  VALUES (
    NEW.id,
    'user_' || replace(NEW.id::text, '-', ''),
    NEW.raw_user_meta_data ->> 'display_name',
    NEW.email,
    COALESCE(NEW.raw_user_meta_data ->> 'role', 'fan')
  );
  INSERT INTO public.user_roles (user_id, role) VALUES (NEW.id, 'fan');
  RETURN NEW;
END;
$$;

CREATE TRIGGER on_auth_user_created
AFTER INSERT ON auth.users
FOR EACH ROW EXECUTE FUNCTION public.handle_new_user();

-- The server writes notifications with its own role, which needs no policy.
DROP POLICY "System can insert notifications" ON public.notifications;

CREATE POLICY "Service role writes notifications"
ON public.notifications FOR INSERT
TO service_role
WITH CHECK (true);

CREATE INDEX posts_feed_idx ON public.posts (created_at DESC) WHERE status = 'published';

-- Storage

INSERT INTO storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
VALUES ('avatars', 'avatars', true, 2097152, ARRAY['image/png', 'image/jpeg', 'image/webp']);

INSERT INTO storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
VALUES ('payout-documents', 'payout-documents', false, 5242880, ARRAY['application/pdf']);

INSERT INTO storage.buckets (id, name, public, file_size_limit)
VALUES ('message-attachments', 'message-attachments', false, 10485760);

INSERT INTO storage.buckets (id, name, public)
VALUES ('post-media', 'post-media', true);

CREATE POLICY "Avatars are public"
ON storage.objects FOR SELECT
USING (bucket_id = 'avatars');

CREATE POLICY "Users upload own avatar"
ON storage.objects FOR INSERT
TO authenticated
WITH CHECK (bucket_id = 'avatars' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);

CREATE POLICY "Users replace own avatar"
ON storage.objects FOR UPDATE
TO authenticated
USING (bucket_id = 'avatars' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);

CREATE POLICY "Signed-in users upload post media"
ON storage.objects FOR INSERT
TO authenticated
WITH CHECK (bucket_id = 'post-media');

CREATE POLICY "Signed-in users delete post media"
ON storage.objects FOR DELETE
TO authenticated
USING (bucket_id = 'post-media');

CREATE POLICY "Signed-in users read attachments"
ON storage.objects FOR SELECT
TO authenticated
USING (bucket_id = 'message-attachments');

CREATE POLICY "Users upload own attachments"
ON storage.objects FOR INSERT
TO authenticated
WITH CHECK (bucket_id = 'message-attachments' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);

CREATE POLICY "Creators read own payout documents"
ON storage.objects FOR SELECT
TO authenticated
USING (bucket_id = 'payout-documents' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);

CREATE POLICY "Creators upload own payout documents"
ON storage.objects FOR INSERT
TO authenticated
WITH CHECK (bucket_id = 'payout-documents' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);

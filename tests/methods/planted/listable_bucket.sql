-- Anybody can list the files of a bucket; the twin's files are fetched by their address and listed by nobody, the
-- other twin's are pictures for everybody.
-- public "avatars"
-- leak {"object": "deliveries", "kind": "bucket", "operation": "list", "actor": "anon"}
-- quiet "downloads"
-- quiet "avatars"
insert into storage.buckets (id, name, public) values ('deliveries', 'deliveries', true), ('downloads', 'downloads', true), ('avatars', 'avatars', true);
create policy "deliveries" on storage.objects for select using (bucket_id = 'deliveries');
create policy "avatars" on storage.objects for select using (bucket_id = 'avatars');
create policy "own avatar" on storage.objects for insert to authenticated with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);

-- The rule asks that a file lies in a folder, not in whose; the twin compares the folder with the caller.
-- private "xrays"
-- private "prescriptions"
-- leak {"object": "xrays", "kind": "bucket", "operation": "select", "actor": "stranger"}
-- quiet "prescriptions"
insert into storage.buckets (id, name, public) values ('xrays', 'xrays', false), ('prescriptions', 'prescriptions', false);
create policy "Patients open their xrays" on storage.objects for select to authenticated using (bucket_id = 'xrays' and (storage.foldername(name))[1] is not null);
create policy "Patients add xrays" on storage.objects for insert to authenticated with check (bucket_id = 'xrays' and (storage.foldername(name))[1] = auth.uid()::text);
create policy "Patients open their prescriptions" on storage.objects for select to authenticated using (bucket_id = 'prescriptions' and (storage.foldername(name))[1] = auth.uid()::text);
create policy "Patients add prescriptions" on storage.objects for insert to authenticated with check (bucket_id = 'prescriptions' and split_part(name, '/', 1) = auth.uid()::text);

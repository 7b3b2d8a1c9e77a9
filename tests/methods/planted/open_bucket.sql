-- Every account reads, replaces and deletes every file of the bucket; the twin keeps people to their own folder.
-- private "contracts"
-- private "scans"
-- leak {"object": "contracts", "kind": "bucket", "operation": "select", "actor": "stranger"}
-- leak {"object": "contracts", "kind": "bucket", "operation": "insert", "actor": "stranger"}
-- leak {"object": "contracts", "kind": "bucket", "operation": "update", "actor": "stranger"}
-- leak {"object": "contracts", "kind": "bucket", "operation": "delete", "actor": "stranger"}
-- quiet "scans"
insert into storage.buckets (id, name, public) values ('contracts', 'contracts', false), ('scans', 'scans', false);
create policy "contracts" on storage.objects for all to authenticated using (bucket_id = 'contracts') with check (bucket_id = 'contracts');
create policy "scans" on storage.objects for all to authenticated
  using (bucket_id = 'scans' and (storage.foldername(name))[1] = auth.uid()::text)
  with check (bucket_id = 'scans' and (storage.foldername(name))[1] = auth.uid()::text);

-- Clock work. The bearer token is the public anon key, which the gateway asks for; the function itself asks for the
-- cron secret, which stays in the vault.
CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;
CREATE EXTENSION IF NOT EXISTS pg_net WITH SCHEMA extensions;

SELECT cron.schedule(
  'expire-subscriptions',
  '15 * * * *',
  $$
  SELECT net.http_post(
    url := 'https://kfwzqhtrnvbdyjxmplsc.supabase.co/functions/v1/cron-expire-subscriptions',
    headers := jsonb_build_object(
      'Content-Type', 'application/json',
      'Authorization', 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJlZiI6Imtmd3pxaHRybnZiZHlqeG1wbHNjIiwicm9sZSI6ImFub24iLCJpYXQiOjE3NDE3NzA4NDUsImV4cCI6MjA1NzM0Njg0NX0.xW-AqKXC9zQ_Kx-TPQjGcwkIfHAOMduiKa_V46NRaQ4',
      'x-cron-secret', (SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'cron_secret')
    ),
    body := '{}'::jsonb
  );
  $$
);

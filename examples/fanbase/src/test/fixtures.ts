// Made up for the tests; no account has them.
export const WEBHOOK_SECRET = "whsec_test_5f2b8c1e9a7d4036";
export const FAN_TOKEN = "fan-token-for-tests";

import os

os.environ.setdefault("DATABASE_URL", "postgresql+psycopg://atelier:atelier@localhost:5432/atelier_test")
os.environ.setdefault("APP_URL", "https://atelier.test")
os.environ.setdefault("STRIPE_SECRET_KEY", "sk_test_for_the_tests")
os.environ.setdefault("STRIPE_WEBHOOK_SECRET", "whsec_for_the_tests")
os.environ.setdefault("TASK_TOKEN", "task-token-for-the-tests")
os.environ.setdefault("JWT_SECRET", "signing-key-for-the-tests-only")

const APP_URL = "http://localhost:8080";

export function passwordResetLink(): string {
  return `${APP_URL}/settings?reset=1`;
}

export function confirmationLink(): string {
  return `${window.location.origin}/dashboard`;
}

export function mediaUrl(path: string): string {
  return `${import.meta.env.VITE_MEDIA_CDN}/post-media/${path}`;
}

import { loadStripe } from "@stripe/stripe-js";

// The publishable key is made for browsers.
export const stripePromise = loadStripe(
  "pk_live_51PzJkXIAB6bHI3ZnI81zk4r0QKJ84YlPxAgLcEwUk6A2PX5YnTLbMshNwCAOnMhWipPMUYiX50E1h1iAr0BwoqsBi8I0RwLqif",
);

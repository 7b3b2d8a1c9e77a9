import { describe, expect, it } from "vitest";
import { money, plural } from "./format";
import { WEBHOOK_SECRET } from "../test/fixtures";

describe("format", () => {
  it("shows cents as dollars", () => {
    expect(money(1250)).toBe("$12.50");
  });

  it("counts in words", () => {
    expect(plural(1, "reply", "replies")).toBe("1 reply");
    expect(plural(3, "reply", "replies")).toBe("3 replies");
  });

  it("has a fixture that is no secret", () => {
    expect(WEBHOOK_SECRET.startsWith("whsec_")).toBe(true);
  });
});

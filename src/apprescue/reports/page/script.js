"use strict";
for (const button of document.querySelectorAll("button[data-prompt]")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const prompt = document.getElementById(button.dataset.prompt);
    try {
      await navigator.clipboard.writeText(prompt.textContent);
      button.textContent = "Copied";
    } catch {
      prompt.closest("details").open = true;
      getSelection().selectAllChildren(prompt);
      button.textContent = document.execCommand("copy") ? "Copied" : "Selected: now press Ctrl+C";
    }
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
const filter = document.querySelector("nav.filter");
if (filter) {
  filter.hidden = false;
  filter.addEventListener("click", (event) => {
    const chosen = event.target.dataset.level;
    if (!chosen) return;
    for (const button of filter.querySelectorAll("button")) button.ariaPressed = String(button === event.target);
    for (const level of document.querySelectorAll("section[data-level]")) {
      level.hidden = chosen !== "all" && level.dataset.level !== chosen;
    }
  });
}
function reveal() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  const level = target.closest("section[data-level]");
  if (level && level.hidden) filter.querySelector("[data-level=all]").click();
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not(.map)")) part.open = true;
});
